/** Sends a request until its answer is final. */
import { NoAnswerError, problemIn } from './problem.ts';

export interface RetryOptions {
  /** How long a request is retried, in milliseconds. Default: 60,000. */
  readonly patienceMs?: number;
  /** Sends one request. Default: the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

const PATIENCE_MS = 60_000;
/** Time limit of one attempt, in milliseconds. The server gives up on a service after 5 s. */
const ANSWER_WITHIN_MS = 15_000;
/** The first pause where the answer names none, in milliseconds. Each further one doubles. */
const PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Sends a request, and sends it again after a lost connection or a problem that may pass.
 * `Retry-After` is obeyed. A POST must have an `Idempotency-Key`, or be safe to repeat. Returns the
 * last answer when the patience has run out. Throws `NoAnswerError` where there is none, and the
 * reason of an aborted request.
 */
export async function sendPatiently(request: Request, options: RetryOptions): Promise<Response> {
  const { patienceMs = PATIENCE_MS, fetch = globalThis.fetch } = options;
  const until = performance.now() + patienceMs;
  for (let pause = PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const answer = await attempt(request, fetch);
    request.signal.throwIfAborted();
    const isAnswer = answer instanceof Response;
    if (isAnswer && (answer.ok || !(await mayPass(answer)))) return answer;
    const waitMs = isAnswer ? (retryAfterMs(answer) ?? pause) : pause;
    if (performance.now() + waitMs > until) {
      if (isAnswer) return answer;
      throw new NoAnswerError(new URL(request.url).origin, answer);
    }
    // Until its body is read or cancelled, an answer keeps its connection busy.
    if (isAnswer) await answer.body?.cancel();
    await delay(waitMs, request.signal);
  }
}

/** Returns an error where no answer came. Then it is unknown whether the request took effect. */
async function attempt(
  request: Request,
  fetch: (request: Request) => Promise<Response>,
): Promise<Response | Error> {
  const isEndless = request.headers.get('accept') === 'text/event-stream';
  const signals = isEndless ? [] : [AbortSignal.timeout(ANSWER_WITHIN_MS)];
  try {
    return await fetch(
      new Request(request.clone(), { signal: AbortSignal.any([request.signal, ...signals]) }),
    );
  } catch (error) {
    return error as Error;
  }
}

/** Every attempt is the same request with the same key, so each value of `retry` allows another. */
async function mayPass(answer: Response): Promise<boolean> {
  const problem = await problemIn(answer);
  // A proxy's answers are no problem documents.
  if (problem === undefined) return answer.status === 429 || answer.status >= 502;
  return problem.retryable || problem.retry !== undefined;
}

/** The pause that an answer asks for, in milliseconds. */
function retryAfterMs({ headers }: Response): number | undefined {
  const seconds = Number.parseInt(headers.get('retry-after') ?? '', 10);
  return Number.isNaN(seconds) ? undefined : seconds * 1_000;
}

/** Rejects with the signal's reason when that is aborted. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    }, ms);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}
