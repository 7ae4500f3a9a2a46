/** Which events of a stream may go. Pure. */

/** What is known of one stream before its oldest events are removed. */
export interface StreamFacts {
  /** As NATS calls it. */
  readonly stream: string;
  /** The first and the last sequence that it holds; the first is above the last if it is empty. */
  readonly first: number;
  readonly last: number;
  /** The last sequence that is older than the limit; below `first` if there is none. */
  readonly due: number;
  /** The last one that may go while the limit stands, because the limit moves with the clock. */
  readonly exposed: number;
  /** Services whose restored databases lack events of it. */
  readonly ahead: readonly string[];
  readonly durables: readonly {
    readonly name: string;
    /** Everything up to this sequence was handled. */
    readonly handled: number;
  }[];
  /** The durables that the product's services declare on it. */
  readonly declared: readonly string[];
  /** Services that read it again from its beginning for a rebuild. */
  readonly rebuilds: readonly {
    readonly service: string;
    /** The sequence up to which its snapshot has everything. Null: it has no snapshot. */
    readonly snapshot: number | null;
  }[];
}

export type StreamPlan =
  | { readonly is: 'nothing' }
  | { readonly is: 'due'; readonly events: number }
  | { readonly is: 'refused'; readonly events: number; readonly reasons: readonly string[] };

/** A stream is refused whole: part of what is due would leave a limit that nobody asked for. */
export function planOf(facts: StreamFacts): StreamPlan {
  const { first, due } = facts;
  const events = due - first + 1;
  if (events <= 0) return { is: 'nothing' };
  const reasons = reasonsAgainst(facts);
  return reasons.length === 0 ? { is: 'due', events } : { is: 'refused', events, reasons };
}

function reasonsAgainst({ exposed, ahead, durables, declared, rebuilds }: StreamFacts): string[] {
  const known = new Set(durables.map(({ name }) => name));
  return [
    ...ahead.map(
      (service) =>
        `the database of ${service} was restored to an older state: first, orphans ${service} --skip in the REPL`,
    ),
    ...declared
      .filter((name) => !known.has(name))
      .map((name) => `${name} has not begun to read: start its service first`),
    ...durables
      .filter(({ handled }) => handled < exposed)
      .map(({ name, handled }) => `${name} would lose events: it has handled ${handled} of ${exposed}`),
    ...rebuilds
      .filter(({ snapshot }) => snapshot === null || snapshot < exposed)
      .map(({ service, snapshot }) =>
        snapshot === null
          ? `${service} could not be rebuilt, because it has no snapshot: npm run ${service} -- snapshot`
          : `${service} could not be rebuilt, because its snapshot ends at ${snapshot} of ${exposed}: npm run ${service} -- snapshot`,
      ),
  ];
}
