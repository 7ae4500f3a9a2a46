/** Lines about requests that were refused: for who looks into an attack, or why a client does not get on. */
import { networkOf } from '#mixins/network.ts';
import { truncate } from '#schemas/text.ts';

/** Refused for who asks or for what they ask; what is nobody's fault is logged elsewhere or not at all. */
const LOGGED = new Set([401, 403, 421, 422]);
/** Lines a second about one address (an IPv6 network is one). */
const LINES_OF_ADDRESS = 10;
/** Lines a second about all of them. */
const LINES = 200;
/** The window of both, in milliseconds. */
export const REFUSAL_WINDOW_MS = 1_000;
/** Longest path in a line, in code points. */
const MAX_PATH = 200;

/** What a line tells: never a query, a header or a body, which may hold secrets. */
export interface Refusal {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly code: string;
  readonly address: string;
  /** Null where it is not known who asked. */
  readonly userId: string | null;
  readonly requestId: string;
}

/** Keeps to the limits in any second, and counts what it leaves out. */
export class RefusalLog {
  readonly #log: (text: string) => void;
  readonly #now: () => number;
  /** When there were lines within the last second: about each address, about all. */
  readonly #ofAddress = new Map<string, number[]>();
  #ofAll: number[] = [];
  /** How many of each address were left out since the last `flush`. */
  readonly #leftOut = new Map<string, number>();

  /** `now` gives milliseconds. */
  constructor(log: (text: string) => void, now: () => number = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  /** Logs a refusal, or counts it where there were too many. */
  note(refusal: Refusal): void {
    if (!LOGGED.has(refusal.status)) return;
    const network = networkOf(refusal.address);
    const own = this.#recent(this.#ofAddress.get(network) ?? []);
    this.#ofAll = this.#recent(this.#ofAll);
    if (own.length >= LINES_OF_ADDRESS || this.#ofAll.length >= LINES) {
      this.#leftOut.set(network, (this.#leftOut.get(network) ?? 0) + 1);
      return;
    }
    this.#ofAddress.set(network, [...own, this.#now()]);
    this.#ofAll.push(this.#now());
    this.#log(lineOf(refusal));
  }

  /** Logs in one line how many were left out. To be called once a second. */
  flush(): void {
    if (this.#leftOut.size > 0) this.#log(summaryOf(this.#leftOut));
    this.#leftOut.clear();
    for (const [network, times] of this.#ofAddress) {
      if (this.#recent(times).length === 0) this.#ofAddress.delete(network);
    }
  }

  #recent(times: number[]): number[] {
    const from = this.#now() - REFUSAL_WINDOW_MS;
    return times.filter((time) => time > from);
  }
}

/** Addresses that a summary names. */
const NAMED = 10;

function summaryOf(leftOut: ReadonlyMap<string, number>): string {
  const total = [...leftOut.values()].reduce((sum, count) => sum + count, 0);
  const most = [...leftOut].toSorted(([, a], [, b]) => b - a).slice(0, NAMED);
  const named = most.map(([network, count]) => `${count} from ${network}`).join(', ');
  const others = leftOut.size > NAMED ? `, the others from ${leftOut.size - NAMED} more addresses` : '';
  return `Refused ${total} more requests within a second: ${named}${others}`;
}

/** Node refuses control characters in a URL, but lets through bytes beyond ASCII. */
const printable = (path: string) => truncate(path, MAX_PATH).replaceAll(/[^\x21-\x7e]/g, '?');

function lineOf({ method, path, status, code, address, userId, requestId }: Refusal): string {
  const who = userId === null ? '' : `, user ${userId}`;
  return `Refused ${method} ${printable(path)}: ${status} ${code}, from ${address}${who}, request ${requestId}`;
}
