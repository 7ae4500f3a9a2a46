/** Asks the system whether all of it is ready. */
import { setTimeout as delay } from 'node:timers/promises';
import { truncate } from '#schemas/text.ts';
import { sendRequest } from './http-request.ts';

/** Between two questions, and for one answer, in milliseconds. */
const ASK_EVERY_MS = 100;
const ANSWER_WITHIN_MS = 3000;

/** After this long without being ready a line says what is missing; every so many milliseconds. */
const TELL_EVERY_MS = 15_000;

/** Of an answer that is none of the system's, in characters. */
const MAX_SHOWN = 500;

export interface ReadinessOptions {
  readonly address: string;
  /** The system's certificate, where it has one. */
  readonly certFile?: string | null;
  readonly print: (line: string) => void;
  /** Throws when there is no sense in waiting any more. */
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

/** Null when ready, else what is missing. */
async function ask(url: string, certFile: string | null): Promise<string | null> {
  try {
    const { status, body } = await sendRequest(url, { withinMs: ANSWER_WITHIN_MS, certFile });
    return status === 200 ? null : inWords(body);
  } catch {
    return 'there is no answer yet';
  }
}

/**
 * `<service>: does not answer, …` of a problem that names services; else what was answered, cut
 * short.
 */
function inWords(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors: { field: string; message: string }[] };
    return errors.map(({ field, message }) => `${field}: ${message}`).join(', ');
  } catch {
    return truncate(body, MAX_SHOWN);
  }
}
