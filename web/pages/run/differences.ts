/** What an event changed in the state of its aggregate. Pure. */

export interface Difference {
  readonly field: string;
  /** As text; undefined where there was or is none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

type State = Readonly<Record<string, unknown>>;

const stateOf = (value: unknown): State =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as State) : {};

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The fields with another value, in the order of the later state. A null is no value. */
export function differencesOf(before: unknown, after: unknown): readonly Difference[] {
  const [earlier, later] = [stateOf(before), stateOf(after)];
  return [...new Set([...Object.keys(later), ...Object.keys(earlier)])]
    .map((field) => ({ field, before: textOf(earlier[field]), after: textOf(later[field]) }))
    .filter((each) => each.before !== each.after);
}
