/** Describes a difference (ANA-6): its fact, and the values of both participants. */
import type { Comparison, Field } from '#schemas/comparison.ts';
import type { Difference, Fact } from '#schemas/reconciliation.ts';
import { type Finding, PROBLEMS } from './judge.ts';

type Named = Readonly<Record<string, unknown>>;

/** Splits `words` at single spaces into fields. The last field takes the rest. */
function fieldsOf(fields: readonly Field[], words: string): Named {
  const parts = words.split(' ');
  const lead = fields.length - 1;
  const values = [...parts.slice(0, lead), ...(parts.length > lead ? [parts.slice(lead).join(' ')] : [])];
  return Object.fromEntries(
    fields.flatMap(({ name, number }, index) => {
      const value = values[index];
      if (value === undefined) return [];
      return [[name, number && /^-?\d+$/.test(value) ? Number(value) : value]];
    }),
  );
}

/** The facts of one participant: null if it has none, a list if it has several. */
function valuesOf({ value }: Comparison, facts: readonly Fact[]): Named | readonly Named[] | null {
  const values = facts.map((fact) => ({
    ...(fact.version === null ? {} : { version: fact.version }),
    ...fieldsOf(value, fact.value),
    ...fact.extra,
  }));
  return values.length > 1 ? values : (values[0] ?? null);
}

/** The codes of all differences that a comparison can find. */
export const codesOf = (comparison: string): string[] =>
  PROBLEMS.map((problem) => `${comparison}_${problem}`);

export function nameOf(comparison: Comparison, { key, problem, left, right }: Finding): Difference {
  const names = fieldsOf(comparison.key, key);
  const noun = comparison.noun.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(names[name]));
  const byService = {
    [comparison.left]: valuesOf(comparison, left),
    [comparison.right]: valuesOf(comparison, right),
  };
  const said = Object.entries(byService).map(
    ([service, says]) => `${service} says ${says === null ? 'nothing' : JSON.stringify(says)}`,
  );
  return {
    code: `${comparison.name}_${problem}`,
    message: `The ${noun}: ${said.join(', ')}`,
    ...names,
    ...byService,
  };
}
