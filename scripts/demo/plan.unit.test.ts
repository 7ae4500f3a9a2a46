import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isEmailAddress } from '#schemas/email-address.ts';
import * as accounts from '#schemas/fields/auth.ts';
import { ACCOUNTANT, MANAGER, type PlanOptions, planDemo } from './plan.ts';

const plans = fc
  .record({
    seed: fc.nat({ max: 4_294_967_295 }),
    people: fc.integer({ min: 3, max: 60 }),
    weeks: fc.integer({ min: 1, max: 3 }),
    tasksADay: fc.integer({ min: 1, max: 30 }),
  })
  .map((options) => ({ options, plan: planDemo(options) }));

const OPTIONS: PlanOptions = { seed: 1, people: 12, weeks: 4, tasksADay: 20 };

describe('a plan', () => {
  it('is the same for the same seed, and differs for another', () => {
    expect(planDemo(OPTIONS)).toEqual(planDemo(OPTIONS));
    expect(planDemo({ ...OPTIONS, seed: 2 })).not.toEqual(planDemo(OPTIONS));
  });

  it('has the requested people, days and tasks', () => {
    const { people, days } = planDemo(OPTIONS);
    expect([people.length, days.length]).toEqual([12, 28]);
    const tasks = days.reduce((sum, day) => sum + day.tasks.length, 0);
    expect(tasks / 28).toBeGreaterThan(16);
    expect(tasks / 28).toBeLessThan(24);
    const completed = days.reduce((sum, { complete }) => sum + complete.length, 0);
    expect(completed / tasks).toBeGreaterThan(0.7);
    expect(completed).toBeLessThan(tasks);
  });

  it('gives everybody a login that is unique and not taken', () => {
    const { people } = planDemo(OPTIONS);
    const taken = new Set(people.map(({ login }) => login));
    const others = planDemo({ ...OPTIONS, taken }).people;
    expect(others.map(({ name }) => name)).toEqual(people.map(({ name }) => name));
    const logins = [...taken, ...others.map(({ login }) => login)];
    expect(new Set(logins).size).toBe(24);
  });

  it('registers valid accounts: a manager, an accountant, and somebody assignable', () => {
    fc.assert(
      fc.property(plans, ({ options, plan: { people } }) => {
        expect(people).toHaveLength(options.people);
        for (const { login, email, roles } of people) {
          expect(login).toMatch(accounts.login.pattern);
          expect(isEmailAddress(email)).toBe(true);
          for (const role of roles) expect(role).toMatch(accounts.role.pattern);
        }
        expect(new Set(people.map(({ login }) => login)).size).toBe(people.length);
        expect(people[MANAGER]?.roles).toEqual(['manager']);
        expect(people[ACCOUNTANT]?.roles).toEqual(['accountant']);
      }),
      { numRuns: 50 },
    );
  });

  it('E15: lets everybody create the same number of tasks', () => {
    fc.assert(
      fc.property(plans, ({ plan: { people, days } }) => {
        const tasks = days.flatMap((day) => day.tasks);
        const counts = people.map((_, place) => tasks.filter(({ creator }) => creator === place).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });

  it('completes each task at most once, and after its creation', () => {
    fc.assert(
      fc.property(plans, ({ options, plan: { people, days } }) => {
        expect(days).toHaveLength(options.weeks * 7);
        const completed = new Set<number>();
        let made = 0;
        for (const { tasks, complete, bonus } of days) {
          made += tasks.length;
          for (const { title, creator } of tasks) {
            expect(title.length).toBeLessThanOrEqual(200);
            expect(people[creator]).toBeDefined();
          }
          for (const number of complete) {
            expect(number).toBeLessThan(made);
            expect(completed.has(number)).toBe(false);
            completed.add(number);
          }
          if (bonus !== null) expect(people[bonus.person]?.roles).not.toEqual(['accountant']);
        }
      }),
      { numRuns: 50 },
    );
  });
});
