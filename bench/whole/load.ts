/** Load on a server by load-generator.mjs, and what it measured. */
import { fileURLToPath } from 'node:url';
import { startProgram } from './programs.ts';

const GENERATOR = fileURLToPath(new URL('load-generator.mjs', import.meta.url));

/** Connections of every load whose options name no other number. */
export const CONNECTIONS = 32;
/** The duration of a load that is stopped long before, in seconds. */
export const LONG = 3_600;

interface Request {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
}

export interface LoadOptions {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Each connection sends one of these bodies, in turn. */
  readonly bodies?: readonly string[];
  /** Each connection sends these requests in turn. */
  readonly requests?: readonly Request[];
  readonly connections?: number;
  /** In seconds. */
  readonly duration?: number;
  /** How many requests to send, instead of a duration. */
  readonly amount?: number;
  /** Requests a second of all connections together. Default: as many as are answered. */
  readonly overallRate?: number;
}

export interface LoadFigures {
  /** Of the first request and of the last answer, in milliseconds of the epoch. */
  readonly begunAt: number;
  readonly endedAt: number;
  readonly answers: number;
  /** Answers a second. */
  readonly rate: number;
  /** Of the time from a request to its answer, in milliseconds. */
  readonly median: number;
  readonly p99: number;
  /** Answers other than 2xx. */
  readonly refused: number;
  /** Requests without an answer. */
  readonly errors: number;
}

export interface Load {
  /** Ends it early. */
  stop(): Promise<LoadFigures>;
  readonly done: Promise<LoadFigures>;
}

export function startLoad(options: LoadOptions): Load {
  const { child, output } = startProgram(process.execPath, [
    GENERATOR,
    JSON.stringify({ connections: CONNECTIONS, ...options }),
  ]);
  const done = output.then((text) => JSON.parse(text) as LoadFigures);
  done.catch(() => undefined);
  return {
    done,
    stop() {
      child.kill('SIGTERM');
      return done;
    },
  };
}

/** Throws if any request was refused or got no answer. */
export async function load(options: LoadOptions): Promise<LoadFigures> {
  return assertAccepted(options.url, await startLoad(options).done);
}

export function assertAccepted(url: string, figures: LoadFigures): LoadFigures {
  const { refused, errors, answers } = figures;
  if (refused + errors === 0 && answers > 0) return figures;
  throw new Error(`${url}: ${refused} of ${answers} requests were refused, ${errors} got no answer`);
}
