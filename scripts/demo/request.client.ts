/** One request to the gateway, sent as often as it takes. */
import { setTimeout as delay } from 'node:timers/promises';
import { parseJson } from '#schemas/text.ts';
import { LaunchError } from '../launcher/launch-error.ts';

/**
 * An answer takes at most this long, in milliseconds; the gateway gives up on a service after 5 s.
 */
const ANSWER_WITHIN_MS = 15_000;
/** Pause before the next attempt where the answer names none, in milliseconds. */
const PAUSE_MS = 200;
/**
 * What may be done in a moment, besides 429, 503 and 504: somebody to assign to becomes known, a
 * request of ours still runs.
 */
const PASSING_CODES = ['nobody_assignable', 'idempotency_key_in_use'];

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
}

export interface Answer {
  readonly status: number;
  /** Seconds; null where the answer has no `Retry-After`. */
  readonly retryAfter: number | null;
  /** Null for what is not JSON. */
  readonly body: unknown;
}

/**
 * Sends it until there is an answer other than "later" (429, 503, 504 and the like, `Retry-After`
 * obeyed), or for `patienceMs`. A POST must carry an `Idempotency-Key`, or be one that may be done
 * twice. Throws `LaunchError` where nothing answers in that time.
 */
export async function sendPatiently(request: Request, patienceMs: number): Promise<Answer> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const answer = await send(request);
    const late = performance.now() >= until;
    if (answer instanceof Error) {
      if (late) throw new LaunchError(`${new URL(request.url).origin} does not answer: ${answer.message}`);
      await delay(PAUSE_MS);
    } else if (late || !passes(answer)) {
      return answer;
    } else {
      await delay(pauseMs(answer));
    }
  }
}

/**
 * How long to wait before the next attempt, in milliseconds: what `Retry-After` says, else
 * `PAUSE_MS`.
 */
export function pauseMs({ retryAfter }: Pick<Answer, 'retryAfter'>): number {
  return retryAfter === null ? PAUSE_MS : retryAfter * 1_000;
}

/**
 * An error where there was no whole answer: whether the request was carried out is then unknown.
 */
async function send({ method, url, headers, body }: Request): Promise<Answer | Error> {
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
    return {
      status: response.status,
      retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
      body: parseJson(await response.text()),
    };
  } catch (error) {
    // What fetch throws says only in its cause what went wrong.
    return new Error(String((error as Error).cause ?? error), { cause: error });
  }
}

function passes({ status, body }: Answer): boolean {
  const code = (body as { code?: string } | undefined)?.code ?? '';
  return status === 429 || status === 503 || status === 504 || PASSING_CODES.includes(code);
}
