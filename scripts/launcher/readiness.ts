/** Waits until the whole system is ready. */
import { setTimeout as delay } from 'node:timers/promises';
import { truncate } from '#schemas/text.ts';
import { sendRequest } from './http-request.ts';

/** Pause between two requests, and time limit of one, in milliseconds. */
const ASK_EVERY_MS = 100;
const ANSWER_WITHIN_MS = 3000;

/** Interval of the lines that say what is missing, in milliseconds. */
const TELL_EVERY_MS = 15_000;

/** Most characters shown of an answer that is not the system's. */
const MAX_SHOWN = 500;

export interface ReadinessOptions {
  readonly address: string;
  /** The system's certificate, where it has one. */
  readonly certFile?: string | null;
  readonly print: (line: string) => void;
  /** Throws when waiting is of no use any more. */
  readonly check: () => void;
  /** Milliseconds, by default 15,000. */
  readonly tellEvery?: number;
}

/** Resolves when `/readyz` answers 200. */
export async function whenReady(options: ReadinessOptions): Promise<void> {
  const { tellEvery = TELL_EVERY_MS } = options;
  let tellAt = Date.now() + tellEvery;
  for (;;) {
    options.check();
    const missing = await ask(`${options.address}/readyz`, options.certFile ?? null);
    if (missing === null) return;
    if (Date.now() >= tellAt) {
      options.print(`not ready yet: ${missing}`);
      tellAt = Date.now() + tellEvery;
    }
    await delay(ASK_EVERY_MS);
  }
}

/** Null when ready, otherwise what is missing. */
async function ask(url: string, certFile: string | null): Promise<string | null> {
  try {
    const { status, body } = await sendRequest(url, { withinMs: ANSWER_WITHIN_MS, certFile });
    return status === 200 ? null : inWords(body);
  } catch {
    return 'there is no answer yet';
  }
}

/**
 * `<service>: does not answer, …` for a problem that names services. Otherwise the answer,
 * truncated.
 */
function inWords(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors: { field: string; message: string }[] };
    return errors.map(({ field, message }) => `${field}: ${message}`).join(', ');
  } catch {
    return truncate(body, MAX_SHOWN);
  }
}
