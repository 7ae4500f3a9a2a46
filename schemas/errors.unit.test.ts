import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Errors, ServiceBroker } from 'moleculer';
import {
  COMMON_ERRORS,
  ERRORS,
  type ErrorCode,
  type ErrorDefinitions,
  isProblem,
  Problem,
} from './errors.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];
const all = codes.map((code) => ({ code, ...ERRORS[code] }));

const folder = new URL('./problems/', import.meta.url);
const files = readdirSync(folder);
/** The common problems, and those of each service by file name. */
const parts: [string, ErrorDefinitions][] = [
  ['errors.ts', COMMON_ERRORS],
  ...(await Promise.all(
    files.map(async (name): Promise<[string, ErrorDefinitions]> => {
      const { default: part } = await import(new URL(name, folder).href);
      return [name, part];
    }),
  )),
];

describe('the catalogue', () => {
  it('has a stable code, a valid status and a title of its own for each error', () => {
    for (const { code, status, title } of all) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(Number.isInteger(status) && status >= 400 && status <= 599).toBe(true);
      expect(title).toMatch(/^[A-Z].*[^.\s]$/);
    }
    expect(new Set(all.map(({ title }) => title)).size).toBe(codes.length);
  });

  it('says in sentences what each error means and what to do, and more than its title', () => {
    for (const { title, meaning, remedy } of all) {
      for (const text of [meaning, remedy]) expect(text).toMatch(/^[A-Z].*\.$/);
      expect(meaning).not.toContain(title);
    }
    expect(new Set(all.map(({ meaning }) => meaning)).size).toBe(codes.length);
  });

  it.each(parts)('is sorted by status in %s', async (_, part) => {
    const statuses = Object.values(part).map(({ status }) => status);
    expect(statuses).toEqual(statuses.toSorted((a, b) => a - b));
  });

  it('has the problems of every part', () => {
    expect(codes.toSorted()).toEqual(parts.flatMap(([, part]) => Object.keys(part)).toSorted());
  });
});

/**
 * The error that a caller on another node gets: Moleculer sends a plain object and makes an error
 * of it.
 */
function acrossNodes(error: Error): Error {
  const regenerator = new Errors.Regenerator();
  regenerator.init(new ServiceBroker({ logger: false, nodeID: 'there' }));
  const plain = JSON.parse(JSON.stringify(regenerator.extractPlainError(error, {})));
  return regenerator.restore(plain, {});
}

describe.each(codes)('the problem %s', (code) => {
  it('has the status, retryability and texts of the catalogue', () => {
    const { status, meaning, remedy, retryable } = ERRORS[code];
    expect(new Problem(code)).toMatchObject({
      type: code,
      code: status,
      message: `${meaning} ${remedy}`,
      retryable: retryable ?? false,
      data: {},
    });
  });

  it('is recognised by its type on another node, with its detail and data', () => {
    const data = { errors: [{ field: 'roles[0]', code: 'x', message: 'y' }], retryAfter: 3 };
    const problem = new Problem(code, 'In detail', data);
    const arrived = acrossNodes(problem);
    expect(arrived).toMatchObject({
      type: code,
      code: ERRORS[code].status,
      message: 'In detail',
      data,
      retryable: ERRORS[code].retryable ?? false,
    });
    expect(isProblem(arrived, code)).toBe(true);
    expect(isProblem(arrived, code === 'conflict' ? 'forbidden' : 'conflict')).toBe(false);
  });
});

describe('any other error', () => {
  it('is not a problem', () => {
    expect(isProblem(new Error('forbidden'), 'forbidden')).toBe(false);
    expect(isProblem({ type: 'forbidden' }, 'forbidden')).toBe(false);
    expect(isProblem(undefined, 'forbidden')).toBe(false);
  });
});
