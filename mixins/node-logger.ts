/** How a node logs: as Moleculer does, but warnings of the framework itself come once for each kind, not once for each request. */
import { inspect } from 'node:util';
import { Loggers } from 'moleculer';
import type { LogLevel } from '../config.ts';
import { seldom } from './seldom.ts';

/** Modules of Moleculer. They log at `info` what its own developers want, and at `warn` each call that is timed out. */
const FRAMEWORK = ['BROKER', 'REGISTRY', 'TRANSIT', 'TRANSPORTER', '$NODE'];

/** What an operator set, but at `info` only the services log, not the framework under them. */
export function logLevels(level: LogLevel): Record<string, LogLevel> {
  const quiet = level === 'info' ? 'warn' : level;
  return { ...Object.fromEntries(FRAMEWORK.map((module) => [module, quiet])), '**': level };
}

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
    if (handler === null || !FRAMEWORK.includes(String(bindings?.mod).toUpperCase())) return handler;
    const warn = seldom((text) => handler('warn', [text]));
    return (type, args) => {
      if (type !== 'warn') return handler(type, args);
      const text = args.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' ');
      warn(text, String(args[0]));
    };
  }
}
