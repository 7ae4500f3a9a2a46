/**
 * How a node logs: as Moleculer does, but warnings of the framework itself come once for each kind,
 * not once for each request. So do errors of its modules that read what other nodes send, without
 * stack and packet: anybody in NATS can cause them, as often as they like.
 */
import { inspect } from 'node:util';
import { Loggers } from 'moleculer';
import { messageOf, truncate } from '#schemas/text.ts';
import type { LogLevel } from '../config.ts';
import { throttle } from './outage.ts';

/**
 * Modules of Moleculer. They log at `info` what its own developers want, and at `warn` each call
 * that is timed out.
 */
const FRAMEWORK = ['BROKER', 'REGISTRY', 'TRANSIT', 'TRANSPORTER', '$NODE'];

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
type Handler = ReturnType<Loggers.Console['getLogHandler']>;

/** Writes to the console. */
export class NodeLogger extends Loggers.Console {
  constructor(level: LogLevel) {
    // Levels by module are left out of its declarations.
    super({ level: logLevels(level) as unknown as LogLevel, formatter: 'full' });
  }

  override getLogHandler(bindings: Bindings): Handler {
    const handler = super.getLogHandler(bindings);
    const module = String(bindings?.mod).toUpperCase();
    if (handler === null || !FRAMEWORK.includes(module)) return handler;
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
}

const shown = (part: unknown): string => (typeof part === 'string' ? part : inspect(part));
