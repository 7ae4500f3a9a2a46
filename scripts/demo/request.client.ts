/** One request to the gateway, with retries. */
import { setTimeout as delay } from 'node:timers/promises';
import { parseJson } from '#schemas/text.ts';
import { LaunchError } from '../launcher/launch-error.ts';

/** Time limit of an answer, in milliseconds. The gateway gives up on a service after 5 s. */
const ANSWER_WITHIN_MS = 15_000;
/** Pause before the next attempt where the answer names none, in milliseconds. */
const PAUSE_MS = 200;
/**
 * Problems that soon pass, besides 429, 503 and 504: nobody is assignable yet, or our earlier
 * request still runs.
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
  /** Null where the body is no JSON. */
  readonly body: unknown;
}

/**
 * Sends it until the answer is not "later" (429, 503, 504 and the like; `Retry-After` is obeyed),
 * or for `patienceMs`. A POST must have an `Idempotency-Key`, or be safe to repeat. Throws
 * `LaunchError` where no answer comes in that time.
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

/** Pause before the next attempt, in milliseconds: `Retry-After`, otherwise `PAUSE_MS`. */
export function pauseMs({ retryAfter }: Pick<Answer, 'retryAfter'>): number {
  return retryAfter === null ? PAUSE_MS : retryAfter * 1_000;
}

/**
 * Returns an error where no complete answer came. Then it is unknown whether the request took
 * effect.
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
    // fetch gives the reason only in the error's cause.
    return new Error(String((error as Error).cause ?? error), { cause: error });
  }
}

function passes({ status, body }: Answer): boolean {
  const code = (body as { code?: string } | undefined)?.code ?? '';
  return status === 429 || status === 503 || status === 504 || PASSING_CODES.includes(code);
}
