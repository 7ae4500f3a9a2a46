import { describe, expect, it } from '@jest/globals';
import { loadComparisons } from '#schemas/load.ts';
import { readConfig } from '../../config.ts';
import { arrivalsOf, loadPlan } from './plan.ts';

const { product } = readConfig({});
const { comparisons } = await loadComparisons();

describe('the comparisons', () => {
  it('have unique names, and nouns that mention only fields of their keys', () => {
    expect(new Set(comparisons.map(({ name }) => name)).size).toBe(comparisons.length);
    for (const { noun, key } of comparisons) {
      const names = [...noun.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(key.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    }
  });
});

describe('the plan of a product', () => {
  it('is complete if no service belongs to another product', async () => {
    const plan = await loadPlan({ ...product, foreign: new Set() });
    expect(plan.clock).toBe('tasks');
    expect(plan.comparisons).toHaveLength(comparisons.length);
    expect(plan.comparisons).toEqual(expect.arrayContaining([...comparisons]));
    expect(plan.arrivals).toEqual([
      { from: 'tasks', at: ['accounting', 'analytics', 'mailer'] },
      { from: 'accounting', at: ['analytics', 'mailer'] },
    ]);
  });

  it('has no part of services that belong to another product', async () => {
    const plan = await loadPlan({ ...product, foreign: new Set(['tasks']) });
    expect(plan.clock).toBe('accounting');
    expect(plan.arrivals).toEqual([{ from: 'accounting', at: ['analytics', 'mailer'] }]);
    expect(JSON.stringify(plan)).not.toMatch(/"(?:left|right|service|from|clock)":"tasks"/);
    expect(plan.comparisons.length).toBeGreaterThan(0);
    expect(plan.checks.length).toBeGreaterThan(0);
  });

  it('has a service after the services whose events it handles', () => {
    const pairs = [
      { left: 'eggs', right: 'sales' },
      { left: 'sales', right: 'mails' },
      { left: 'hens', right: 'eggs' },
      { left: 'hens', right: 'mails' },
    ];
    expect(arrivalsOf(pairs)).toEqual([
      { from: 'hens', at: ['eggs', 'mails'] },
      { from: 'eggs', at: ['sales'] },
      { from: 'sales', at: ['mails'] },
    ]);
  });

  it('has all services of a cycle', () => {
    const pairs = [
      { left: 'hens', right: 'eggs' },
      { left: 'eggs', right: 'hens' },
    ];
    expect(arrivalsOf(pairs)).toEqual([
      { from: 'hens', at: ['eggs'] },
      { from: 'eggs', at: ['hens'] },
    ]);
  });
});
