/** Single commands of the REPL, on a healthy system in this process. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clusterOf } from '#mixins/repl/cluster.ts';
import type { Printer } from '#mixins/repl/command.ts';
import type { Config } from '../../config.ts';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { serviceNames } from '../../test/harness/system.ts';
import { type HttpNode, startHttpNode } from '../../test/http-node.fixture.ts';
import { thisOperator } from '../launcher/operator.ts';
import { runScript } from '../run-script.fixture.ts';
import { commandsOf } from './commands.ts';
import { TextPrinter } from './printers.ts';

let config: Config;
let node: HttpNode;

const repl = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  runScript(config, 'repl.ts', args, environment);

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK });
  node = await startHttpNode(config, serviceNames());
}, 60_000);
afterAll(async () => {
  await node?.stop();
  await dropNamespace(config);
});

describe('a single command', () => {
  it('prints its answer alone, and ends with 0', async () => {
    const { code, said, errors } = await repl(['consumers', 'accounting']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(said).toMatch(/^Consumer +State +Lag/);
    expect(said).toMatch(/^accounting-tasks +running +\d/m);
    expect(said).not.toContain('mailer-');
  }, 60_000);

  it('prints its answer as JSON', async () => {
    const { code, said } = await repl(['loops', 'mailer', '--json']);
    expect(code).toBe(0);
    const { rows, error } = JSON.parse(said) as { rows: { Loop: string; Nodes: string }[]; error: unknown };
    expect(error).toBeNull();
    expect(rows.find(({ Loop }) => Loop === 'mailer-outbox')).toMatchObject({ Nodes: '1' });
  }, 60_000);

  it('ends with 1 and the reason if it is refused, also as JSON', async () => {
    const asText = await repl(['reconcile', 'all']);
    expect(asText).toEqual({ code: 1, said: '', errors: 'all is no number of a reconciliation\n' });
    const { code, said } = await repl(['consumers', 'nobody', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(said)).toMatchObject({
      rows: [],
      error: expect.stringContaining('There is no such service: nobody'),
    });
  }, 60_000);

  it('ends with 2 for wrong words, before it looks for the system', async () => {
    const away = { NATS_URL: 'nats://127.0.0.1:1' };
    expect(await repl(['lettres'], away)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('There is no command "lettres"'),
    });
    expect(await repl(['refused'], away)).toMatchObject({ code: 2, errors: '<service> is missing\n' });
    expect(await repl(['consumers'], away)).toMatchObject({
      code: 1,
      errors: expect.stringContaining("can't be reached"),
    });
  }, 60_000);

  it('explains itself with 0', async () => {
    const away = { NATS_URL: 'nats://127.0.0.1:1' };
    const all = await repl(['--help'], away);
    expect(all).toMatchObject({
      code: 0,
      errors: '',
      said: expect.stringContaining('  consumers [service]'),
    });
    const one = await repl(['resend', '--help'], away);
    expect(one).toMatchObject({ code: 0, said: expect.stringContaining('--all') });
  }, 60_000);
});

describe('the tables of all commands that only read', () => {
  it.each([80, 120])('fit %d columns', async (width) => {
    const cluster = clusterOf(node.broker, config, thisOperator());
    const all = await commandsOf(config.product);
    const reading = all.filter(
      ({ command }) =>
        !/</.test(command) && !['redrive', 'discard', 'reconcile'].some((name) => command.startsWith(name)),
    );
    expect(reading.length).toBeGreaterThan(8);
    for (const { run, command } of reading) {
      const lines: string[] = [];
      const printer = new TextPrinter(width, (line) => lines.push(line));
      const { signal } = new AbortController();
      // Sentences are as long as they are; a terminal wraps them.
      const tables: Printer = {
        line() {},
        failed() {},
        fields: (values) => printer.fields(values),
        table: (...table) => printer.table(...table),
      };
      await run(cluster, { operands: [], options: {}, interrupted: signal }, tables);
      const tooLong = lines.flatMap((line) => line.split('\n')).filter((line) => line.length > width);
      expect({ command, tooLong }).toEqual({ command, tooLong: [] });
    }
  });
});
