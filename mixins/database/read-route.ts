/**
 * Sends reads to one of a service's two servers, and to the other one when that does not answer
 * (FAIL-4). The statements only read, so running one twice does no harm.
 */
import { BaseError, ConnectionError } from 'sequelize';
import { isDataError, QUERY_CANCELED, sqlStateOf } from './errors.ts';

export type Server = 'primary' | 'replica';

export interface ReadRoute {
  /**
   * Runs `work` on the wanted server. Uses the other one if the wanted one is known to be unusable,
   * or fails.
   */
  run<Result>(wanted: Server, work: (server: Server) => Promise<Result>): Promise<Result>;
}

/** The state of the two servers. */
export interface Watch {
  /** Whether a server can be read and is up to date. */
  isGood(server: Server): boolean;
  /** Checks a server at once, after news of it. Returns whether it is good. Never rejects. */
  check(server: Server): Promise<boolean>;
  /** Calls `action` when the server stops answering. Returns a function that ends this. */
  onSilence(server: Server, action: () => void): () => void;
}

/** Without a replica there is no choice. */
export const PRIMARY_ONLY: ReadRoute = { run: (_wanted, work) => work('primary') };

/**
 * Reads from the wanted server if it answers, otherwise from the other one. If both fail, it throws
 * the database's error.
 */
export function routeBetween(watch: Watch): ReadRoute {
  return {
    async run<Result>(wanted: Server, work: (server: Server) => Promise<Result>) {
      const first = isChoice(watch, wanted) || (await isBack(watch, wanted)) ? wanted : otherThan(wanted);
      try {
        return await whileItAnswers(watch, first, work(first));
      } catch (error) {
        if (!mayDiffer(error)) throw error;
        void watch.check(first);
        const second = otherThan(first);
        // A server that hangs would only delay the error. But one that was away may have just come
        // back.
        if (!watch.isGood(second) && !(await watch.check(second))) throw error;
        return await work(second);
      }
    },
  };
}

/** When neither server is good, trying is the best choice. */
function isChoice(watch: Watch, wanted: Server): boolean {
  return watch.isGood(wanted) || !watch.isGood(otherThan(wanted));
}

/**
 * A reader that wants the primary may have written there a moment ago. So an outage that ended
 * before the read does not matter.
 */
async function isBack(watch: Watch, wanted: Server): Promise<boolean> {
  return wanted === 'primary' && (await watch.check(wanted));
}

function otherThan(server: Server): Server {
  return server === 'primary' ? 'replica' : 'primary';
}

/**
 * A server that hangs keeps a statement longer than its caller waits. So the read moves to the
 * other server, if there is one.
 */
function whileItAnswers<Result>(watch: Watch, server: Server, reading: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const forget = watch.onSilence(server, () => {
      if (watch.isGood(otherThan(server))) reject(new ServerSilentError(server));
    });
    void reading.then(resolve, reject).finally(forget);
  });
}

/** A read was given up because its server stopped answering. */
class ServerSilentError extends ConnectionError {
  constructor(server: Server) {
    super(new Error(`The ${server} does not answer any more`));
    this.name = 'ServerSilentError';
  }
}

/**
 * Whether another server may give another result. False when the data are at fault, or the
 * statement has already taken its full time.
 */
function mayDiffer(error: unknown): boolean {
  return error instanceof BaseError && !isDataError(error) && sqlStateOf(error) !== QUERY_CANCELED;
}
