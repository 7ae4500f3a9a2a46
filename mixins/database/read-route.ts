/**
 * Sends reads to one of a service's two servers, and to the other one when that does not answer (FAIL-4). What reads is only asked to read, so
 * doing it twice does no harm.
 */
import { BaseError, ConnectionError } from 'sequelize';
import { isDataError, sqlStateOf } from './errors.ts';
import { QUERY_CANCELED } from './sql-states.ts';

export type Server = 'primary' | 'replica';

export interface ReadRoute {
  /** Runs `work` on the wanted server, or on the other one if that is known to be unusable or turns out to be. */
  run<Result>(wanted: Server, work: (server: Server) => Promise<Result>): Promise<Result>;
}

/** What is known of the two servers. */
export interface Watch {
  /** Whether a server can be read from, and shows what it should. */
  isGood(server: Server): boolean;
  /** Looks at a server without delay, as something was learnt of it; whether it is good. Never rejects. */
  check(server: Server): Promise<boolean>;
  /** Calls `action` when the server is found not to answer any more; returns what ends that. */
  onSilence(server: Server, action: () => void): () => void;
}

/** Without a replica there is nothing to choose. */
export const PRIMARY_ONLY: ReadRoute = { run: (_wanted, work) => work('primary') };

/** Reads from the wanted server where that answers, else from the other one; what neither can tell is thrown as the database's error. */
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
        // A server that hangs would only make the refusal late; but one that was away may have come back in this moment.
        if (!watch.isGood(second) && !(await watch.check(second))) throw error;
        return await work(second);
      }
    },
  };
}

/** Where neither is good, nothing better is known than to try. */
function isChoice(watch: Watch, wanted: Server): boolean {
  return watch.isGood(wanted) || !watch.isGood(otherThan(wanted));
}

/** Who wants the primary may have written there a moment ago: that it was away before that does not do. */
async function isBack(watch: Watch, wanted: Server): Promise<boolean> {
  return wanted === 'primary' && (await watch.check(wanted));
}

function otherThan(server: Server): Server {
  return server === 'primary' ? 'replica' : 'primary';
}

/** A server that hangs keeps a statement for longer than its caller waits: the read goes on elsewhere, if there is such a place. */
function whileItAnswers<Result>(watch: Watch, server: Server, reading: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const forget = watch.onSilence(server, () => {
      if (watch.isGood(otherThan(server))) reject(new ServerSilentError(server));
    });
    void reading.then(resolve, reject).finally(forget);
  });
}

/** A read was given up, because its server was found not to answer any more. */
class ServerSilentError extends ConnectionError {
  constructor(server: Server) {
    super(new Error(`The ${server} does not answer any more`));
    this.name = 'ServerSilentError';
  }
}

/** Whether another server may answer otherwise: not when the data are at fault, nor when it has taken its full time already. */
function mayDiffer(error: unknown): boolean {
  return error instanceof BaseError && !isDataError(error) && sqlStateOf(error) !== QUERY_CANCELED;
}
