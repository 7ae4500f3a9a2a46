/** All action contracts, also those of the toy product: their rules and their problems. */
import { describe, expect, it } from '@jest/globals';
import { amount } from '#schemas/answers.ts';
import { ERRORS } from '#schemas/errors.ts';
import { generalProblems } from '#schemas/general-problems.ts';
import { exampleOfFields, schemaOfFields } from '#schemas/json-schema.ts';
import { loadActionContracts } from '#schemas/load.ts';
import { Validator } from '#schemas/validator.ts';
import { makeAjv } from '../../test/harness/ajv.ts';

interface Rule {
  readonly type: string;
  readonly optional?: boolean;
  readonly pattern?: RegExp;
  readonly expects?: string;
  readonly isSecret?: boolean;
  readonly strict?: boolean;
  readonly example?: unknown;
  readonly props?: Rules;
  readonly items?: Rule;
  readonly value?: Rule;
}
type Rules = Readonly<Record<string, Rule>>;

/** Configured as in brokers (mixins/broker.ts). */
const validator = new Validator({
  useNewCustomCheckerFunction: true,
  defaults: { object: { strict: true } },
});
const ajv = makeAjv();

const folders = ['./', '../../test/toy/schemas/actions/'].map((folder) => new URL(folder, import.meta.url));
const contracts = (await Promise.all(folders.map((folder) => loadActionContracts(folder)))).flat();

/** All rules below these, each with its path. */
function rulesIn(rules: Rules, path = ''): [string, Rule][] {
  return Object.entries(rules).flatMap(([name, rule]) => {
    const here = `${path}${name}`;
    const inner = {
      ...rule.props,
      ...(rule.items === undefined ? {} : { '[]': rule.items }),
      ...(rule.value === undefined ? {} : { '*': rule.value }),
    };
    return [[here, rule] as [string, Rule], ...rulesIn(inner, `${here}.`)];
  });
}

const isTextual = (type: string) => type === 'string' || type === 'custom';

/**
 * Whether a path ends with the name of a secret. Codes of auth open accounts; others are codes of
 * errors.
 */
const isSecretNameOf = (action: string) => (path: string) => {
  const name = path.split('.').at(-1) ?? '';
  if (/^(?:tokenType|token_type|token_endpoint)$/.test(name)) return false;
  return (
    /beak|token|secret|password|^(?:current|next)$/i.test(name) ||
    (action.startsWith('auth.') && /code$/i.test(name))
  );
};

describe.each(contracts.map((contract) => [contract.action, contract] as const))('%s', (_, contract) => {
  const { answer, problems, status, csv, protocol } = contract;

  it('declares its answer; only 204 and pages have none', () => {
    expect(answer === null).toBe(status === 204 || protocol === 'text/html');
  });

  it('has an answer of strict objects with all of their fields', () => {
    const rules = rulesIn((answer ?? {}) as Rules);
    const isFit = ({ type, optional, props, strict }: Rule) =>
      // Standards leave out claims and other members that a protocol's answer does not have.
      (optional === undefined || protocol !== undefined) &&
      (type !== 'object' || (props && strict !== undefined));
    expect(rules.filter(([, rule]) => !isFit(rule)).map(([path]) => path)).toEqual([]);
  });

  it.each(['params', 'answer'] as const)(
    'has %s with an example that the rules and the schema accept',
    (part) => {
      const rules = contract[part] ?? {};
      const example = exampleOfFields(rules);
      const check = ajv.compile(schemaOfFields(rules));
      expect([check(example), check.errors]).toEqual([true, null]);
      expect(validator.compile({ ...rules, $$strict: true })(structuredClone(example))).toBe(true);
    },
  );

  it('says what each pattern of its params expects', () => {
    const rules = rulesIn(contract.params as Rules);
    const silent = rules.filter(([, { pattern, expects }]) => pattern !== undefined && expects === undefined);
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('marks secrets, so that no message repeats them', () => {
    const isSecretName = isSecretNameOf(contract.action);
    const fields = [...rulesIn(contract.params as Rules), ...rulesIn((answer ?? {}) as Rules)];
    const open = fields.filter(
      ([path, { type, isSecret }]) => isTextual(type) && isSecretName(path) && isSecret !== true,
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });

  it('declares problems of the catalogue that are not general', () => {
    const general = generalProblems(contract);
    expect(problems.filter((code) => !Object.hasOwn(ERRORS, code) || general.includes(code))).toEqual([]);
    expect(general.filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
  });

  it('ACC-11: names the currency of its amounts once, at the top, and in a column of CSV', () => {
    const paths = rulesIn((answer ?? {}) as Rules);
    const amounts = paths.filter(([, { example }]) => example === amount().example);
    const currencies = paths.map(([path]) => path).filter((path) => path.split('.').at(-1) === 'currency');
    expect(currencies).toEqual(amounts.length > 0 ? ['currency'] : []);
    if (csv !== undefined) expect(csv.includes('currency')).toBe(amounts.length > 0);
  });

  it('has its location only where something is created or begun, made of fields of the answer', () => {
    const names = [...(contract.location ?? '').matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
    expect(names.filter((name) => !Object.hasOwn(answer ?? {}, name))).toEqual([]);
    const statuses = [status, contract.otherStatus];
    expect(contract.location === undefined || statuses.some((each) => each === 201 || each === 202)).toBe(
      true,
    );
  });

  it('has only columns of CSV that its items or the answer have', () => {
    const paths = rulesIn((answer ?? {}) as Rules).map(([path]) => path);
    const isThere = (column: string) => paths.includes(`items.[].${column}`) || paths.includes(column);
    expect((csv ?? []).filter((column) => !isThere(column))).toEqual([]);
  });
});
