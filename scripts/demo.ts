/**
 * `npm run demo` fills a running system over HTTP with people, weeks of tasks and closed days, so
 * that a new user sees figures. It finds the system in the data folder, or at `API`, and signs in
 * as the first admin. `npm run demo -- --help` lists the options.
 */
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Client, memoryStore, NoAnswerError, ProblemError } from '#client';
import { dayAfter } from '#mixins/calendar.ts';
import { type Config, readConfig } from '../config.ts';
import { type DemoOptions, OptionError, readOptions, USAGE } from './demo/options.ts';
import { planDemo } from './demo/plan.ts';
import { play } from './demo/play.ts';
import { progressOn } from './demo/progress.ts';
import { reportOf } from './demo/report.ts';
import { findAddresses, noSystem } from './launcher/addresses.ts';
import { explain } from './launcher/explain.ts';
import { LaunchError } from './launcher/launch-error.ts';

/** Time limit of the first request, in milliseconds: it soon shows that nothing listens. */
const FIRST_ANSWER_WITHIN_MS = 5_000;
const BEAK_BYTES = 12;

/** Throws `LaunchError` where there is no system. */
function located(config: Config) {
  const found = findAddresses(config.dataDir);
  const given = process.env.API;
  if (given) {
    if (!/^https?:\/\/[^/]+\/.+/.test(given)) {
      throw new LaunchError(
        `API is ${JSON.stringify(given)}, but should be such as http://127.0.0.1:3000/api/v1`,
      );
    }
    return { api: given.replace(/\/+$/, ''), inbox: null };
  }
  if (found === null) throw noSystem(config, 'API');
  return { api: `${found.address}/api/v1`, inbox: found.inbox };
}

/** `ADMIN_BEAK`, or the hidden input of a prompt. */
async function beakOf(config: Config): Promise<string> {
  if (config.adminBeak !== null) return config.adminBeak;
  if (!process.stdin.isTTY) {
    throw new LaunchError(`Set ADMIN_BEAK to the beak of ${config.adminLogin} that the first start printed.`);
  }
  process.stdout.write(`The beak of ${config.adminLogin}, that the first start printed: `);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stdout.write('\n');
  }
}

async function signedIn(config: Config, api: string): Promise<Client> {
  const store = memoryStore();
  const beak = await beakOf(config);
  try {
    const first = new Client({ api, store, patienceMs: FIRST_ANSWER_WITHIN_MS });
    await first.signIn(config.adminLogin, beak);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 401) throw error;
    throw new LaunchError(
      `${api} does not know ${config.adminLogin} with this beak: set ADMIN_LOGIN and ADMIN_BEAK to the first admin's.`,
    );
  }
  return new Client({ api, store });
}

/**
 * The logins of all people. Throws `LaunchError` where there are people already, unless the options
 * allow that.
 */
async function takenLogins(
  admin: Client,
  adminLogin: string,
  { intoExisting, weeks }: DemoOptions,
): Promise<Set<string>> {
  const users = await Array.fromAsync(admin.items('/users'));
  const others = users.filter(({ login }) => login !== adminLogin).length;
  if (others > 0 && !intoExisting) {
    throw new LaunchError(
      `Nothing was done: this system has people already (${others} besides ${adminLogin}). The demo is for a new one. Here it would ` +
        `draw, charge, pay and mail them as well, and end ${weeks * 7} business days ahead of the calendar; if that is what you want, ` +
        'add --into-existing. A new system beside this one: DATA_DIR=.data/demo PORT=3001 npm start',
    );
  }
  return new Set(users.map(({ login }) => login));
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
    return 0;
  }
  const config = readConfig(process.env);
  const { api, inbox } = located(config);
  const admin = await signedIn(config, api);
  const plan = planDemo({ ...options, taken: await takenLogins(admin, config.adminLogin, options) });
  const today = await admin.get('/analytics/today');
  const stage = {
    api,
    admin,
    adminLogin: config.adminLogin,
    beak: randomBytes(BEAK_BYTES).toString('base64url'),
    firstDay: today.businessDay,
    currency: today.currency,
    progress: progressOn(process.stdout),
  };
  const open = dayAfter(stage.firstDay, plan.days.length);
  console.log(
    `Filling ${api} with ${plan.people.length} people and ${plan.days.length} days. Each day is closed here and now, so from then on the open ` +
      `business day is ${open}: the schedule closes nothing before the calendar gets there. This is for trying things out.`,
  );
  const outcome = await play(plan, stage).catch((error: unknown) => {
    stage.progress.tell('The demo ended before its end; what it did stays as it is.');
    throw error;
  });
  const report = await reportOf({ ...stage, plan, outcome, inbox });
  stage.progress.tell(report.join('\n'));
  return 0;
}

function messageFor(error: unknown): string {
  if (error instanceof OptionError) return `${error.message}\n\n${USAGE}`;
  if (error instanceof ProblemError || error instanceof NoAnswerError) return error.message;
  return explain(error);
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(messageFor(error));
    return error instanceof OptionError ? 2 : 1;
  }),
);
