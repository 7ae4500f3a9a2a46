/**
 * How a node logs: as Moleculer does, with the ids of the request or event that each line belongs
 * to (`log-scope.ts`). Warnings of the framework itself come once for each kind, not once for each
 * request. So do errors of its modules that read what other nodes send, without stack and packet:
 * anybody in NATS can cause them, as often as they like.
 */
import { Loggers } from 'moleculer';
import { type DestinationStream, type LoggerOptions, destination as stdout, stdTimeFunctions } from 'pino';
import { messageOf, truncate } from '#schemas/text.ts';
import type { Config, LogLevel } from '../config.ts';
import { lineOf, shown, suffixOf } from './log-line.ts';
import { currentIds } from './log-scope.ts';
import { throttle } from './outage.ts';

/**
 * Modules of Moleculer. They log at `info` what its own developers want, and at `warn` each call
 * that is timed out.
 */
const FRAMEWORK = ['BROKER', 'METRICS', 'REGISTRY', 'TRANSIT', 'TRANSPORTER', '$NODE'];

/** What an operator set, but at `info` only the services log, not the framework under them. */
function logLevels(level: LogLevel): Record<string, LogLevel> {
  const quiet = level === 'info' ? 'warn' : level;
  return { ...Object.fromEntries(FRAMEWORK.map((module) => [module, quiet])), '**': level };
}

/** Those that read packets. */
const READERS: ReadonlySet<string> = new Set(['REGISTRY', 'TRANSIT', 'TRANSPORTER']);
/** Longest line about a packet, in characters: its sender chooses parts of the text. */
const MAX_LENGTH = 300;

type Bindings = Parameters<Loggers.Console['getLogHandler']>[0];
type Handler = NonNullable<ReturnType<Loggers.Console['getLogHandler']>>;

/** Writes lines for people to the console. */
class TextLogger extends Loggers.Console {
  override getLogHandler(bindings: Bindings): Handler | null {
    const handler = super.getLogHandler(bindings);
    if (handler === null) return null;
    return quietly(bindings, (type, args) => {
      const suffix = suffixOf(currentIds(), args.map(shown).join(' '));
      handler(type, suffix === '' ? args : [...args, suffix]);
    });
  }
}

/** Writes a JSON object for each line, by pino. */
class JsonLogger extends Loggers.Pino {
  override getLogHandler(bindings: Bindings): Handler | null {
    const handler = super.getLogHandler(bindings);
    if (handler === null) return null;
    return quietly(bindings, (type, args) => {
      const { text, fields, error } = lineOf(args);
      handler(type, [{ ...fields, ...(error === undefined ? {} : { err: error }), ...currentIds() }, text]);
    });
  }
}

/** The logger of a node. JSON goes to stdout, unless a test names another destination. */
export function nodeLogger(
  { logLevel, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>,
  destination?: DestinationStream,
) {
  // Levels by module are left out of Moleculer's declarations.
  const level = logLevels(logLevel) as unknown as LogLevel;
  if (logFormat === 'text') return new TextLogger({ level, formatter: 'full' });
  return new JsonLogger({ level, pino: { options: PINO, destination: destination ?? stdout(1) } });
}

const PINO: LoggerOptions = {
  level: 'trace',
  base: null,
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  serializers: { err: ({ name, message, stack }: Error) => ({ type: name, message, stack }) },
};

/** The handler, with fewer lines of the framework. */
function quietly(bindings: Bindings, handler: Handler): Handler {
  const module = String(bindings?.mod).toUpperCase();
  if (!FRAMEWORK.includes(module)) return handler;
  const warn = throttle((text) => handler('warn', [text]));
  const error = throttle((text) => handler('error', [text]));
  return (type, args) => {
    if (type === 'warn') warn(args.map(shown).join(' '), String(args[0]));
    else if (type === 'error' && READERS.has(module)) {
      const texts = args.filter((part) => typeof part === 'string' || part instanceof Error);
      error(truncate(texts.map(messageOf).join(' '), MAX_LENGTH));
    } else handler(type, args);
  };
}
