/** Log lines about refused requests, to investigate an attack or a failing client. */
import { networkOf } from '#mixins/network.ts';
import { truncate } from '#schemas/text.ts';

/** Refusals for the client or its request. Other failures are logged elsewhere or not at all. */
const LOGGED = new Set([401, 403, 421, 422]);
/** The most lines a second about one address (an IPv6 network counts as one). */
const LINES_OF_ADDRESS = 10;
/** The most lines a second about all addresses. */
const LINES = 200;
/** The window of both, in milliseconds. */
export const REFUSAL_WINDOW_MS = 1_000;
/** The longest path in a line, in code points. */
const MAX_PATH = 200;

/** The content of a line. It has no query, header or body, which may hold secrets. */
export interface Refusal {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly code: string;
  readonly address: string;
  /** Null when the client is not authenticated. */
  readonly userId: string | null;
  readonly requestId: string;
}

/** Applies the limits to every second and counts the omitted lines. */
export class RefusalLog {
  readonly #log: (text: string) => void;
  readonly #now: () => number;
  /** The times of the lines within the last second: per address, and in total. */
  readonly #ofAddress = new Map<string, number[]>();
  #ofAll: number[] = [];
  /** The number of omitted lines per address since the last `flush`. */
  readonly #leftOut = new Map<string, number>();

  /** `now` returns milliseconds. */
  constructor(log: (text: string) => void, now: () => number = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  /** Logs a refusal, or counts it when the limit is reached. */
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

  /** Logs the number of omitted lines in one line. Call it once a second. */
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

/** The number of addresses that a summary names. */
const NAMED = 10;

function summaryOf(leftOut: ReadonlyMap<string, number>): string {
  const total = [...leftOut.values()].reduce((sum, count) => sum + count, 0);
  const most = [...leftOut].toSorted(([, a], [, b]) => b - a).slice(0, NAMED);
  const named = most.map(([network, count]) => `${count} from ${network}`).join(', ');
  const others = leftOut.size > NAMED ? `, the others from ${leftOut.size - NAMED} more addresses` : '';
  return `Refused ${total} more requests within a second: ${named}${others}`;
}

/** Node refuses control characters in a URL, but accepts bytes beyond ASCII. */
const printable = (path: string) => truncate(path, MAX_PATH).replaceAll(/[^\x21-\x7e]/g, '?');

function lineOf({ method, path, status, code, address, userId, requestId }: Refusal): string {
  const who = userId === null ? '' : `, user ${userId}`;
  return `Refused ${method} ${printable(path)}: ${status} ${code}, from ${address}${who}, request ${requestId}`;
}
