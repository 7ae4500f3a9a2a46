/**
 * The session of moleculer-repl: it runs one command after the other, from a terminal or a pipe.
 */
import type { AsyncCompleter } from 'node:readline';
import { REPLServer } from 'node:repl';
import type { ServiceBroker } from 'moleculer';
import { clusterOf } from '#mixins/repl/cluster.ts';
import { explain } from '#mixins/repl/explain.ts';
import type { Config } from '../../config.ts';
import { commandsOf } from './commands.ts';
import { customCommand } from './custom-command.ts';
import { whoIsThere } from './join.ts';

/** Commander has this command without registering it. */
const HELP = 'help';
/**
 * Commands of moleculer-repl that are refused. `env` would print secrets. The others change
 * services of this node, which has none.
 */
const REFUSED = new Set(['env', 'load', 'loadFolder', 'destroy']);

/** Prints the available services and the prompt. Ends the process with 0 at Ctrl-D or `q`. */
export async function openSession(
  broker: ServiceBroker,
  config: Config,
  operator: string,
  expected: readonly string[],
): Promise<void> {
  const commands = await commandsOf(config.product);
  const cluster = clusterOf(broker, config, operator);
  const running = new Set<AbortController>();
  const interruptible = async (work: (signal: AbortSignal) => Promise<void>) => {
    const controller = new AbortController();
    running.add(controller);
    try {
      await work(controller.signal);
    } finally {
      running.delete(controller);
    }
  };
  const interrupt = () => {
    for (const controller of running) controller.abort();
  };
  greet(broker, config, operator, expected);
  broker.options.replOptions = {
    delimiter: `${config.namespace} $`,
    customCommands: commands.map((command) => customCommand(cluster, command, interruptible)),
  };
  // Moleculer's types declare no result.
  const server: unknown = broker.repl();
  if (!(server instanceof REPLServer)) throw new TypeError('moleculer-repl returned no REPLServer');
  // Only moleculer-repl's error reports about a line go to this logger.
  const told = Object.create(broker, { logger: { value: { error: tellLineError } } });
  const lend = () => {
    server.context.broker = told;
  };
  lend();
  // Node's own `.clear` makes a context without it.
  server.on('reset', lend);
  const finished = inTurn(server);
  const leave = () => {
    void finished()
      .then(() => broker.stop())
      .finally(() => process.exit(0));
  };
  // moleculer-repl's own handler would not wait for the current command.
  server.removeAllListeners('exit').on('exit', leave);
  server.on('SIGINT', interrupt);
  for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    process.on(name, () => {
      interrupt();
      leave();
    });
  }
}

function greet(broker: ServiceBroker, config: Config, operator: string, expected: readonly string[]): void {
  const { services, nodes } = whoIsThere(broker);
  const away = expected.filter((name) => !services.includes(name));
  console.log(`${config.namespace}: ${nodes} ${nodes === 1 ? 'node' : 'nodes'} with ${services.join(', ')}`);
  if (away.length > 0) console.log(`Not there: ${away.join(', ')}`);
  console.log(`You are ${operator}. All commands: help. One of them: help <command>. Leave: q or Ctrl-D`);
}

/** Commander has already printed its own errors, above the help of the command. */
function tellLineError(error: unknown): void {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || !code.startsWith('commander.')) console.error(`>> ${explain(error)}`);
}

/**
 * Runs lines one after the other. Lines from a pipe arrive at once, and would otherwise run at once
 * on one parser. Returns a function that waits for all lines so far.
 */
function inTurn(server: REPLServer): () => Promise<void> {
  const { eval: evaluate } = server;
  const completer = server.completer as AsyncCompleter;
  const names = new Set([HELP]);
  // On an empty line, Tab offers all commands.
  completer('', (_error, completions) => {
    for (const name of completions?.[0] ?? []) if (!REFUSED.has(name)) names.add(name);
  });
  let last: Promise<void> = Promise.resolve();
  const inTurnOnly: typeof evaluate = (line, context, file, done) => {
    last = last.then(
      () =>
        new Promise((resolve) => {
          // A REPL prints any second argument, even undefined.
          const finish: (error: Error | null, result?: unknown) => void = done;
          const end = (...results: Parameters<typeof finish>) => {
            finish(...results);
            resolve();
          };
          const [first = '', second = first] = line.trim().split(/\s+/);
          const word = first === HELP ? second : first;
          // Commander would print the whole help after its error.
          if (word !== '' && !word.startsWith('-') && !names.has(word)) {
            console.error(`>> There is no command ${JSON.stringify(word)}. All that there are: help`);
            end(null);
          } else evaluate.call(server, line, context, file, end);
        }),
    );
  };
  Object.assign(server, { eval: inTurnOnly });
  return () => last;
}
