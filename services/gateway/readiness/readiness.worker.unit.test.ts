import { describe, expect, it } from '@jest/globals';
import { Readiness, type ReadyAnswer } from './readiness.worker.ts';

describe('a system that starts', () => {
  it('is ready after every service was ready once and an admin exists; it asks none again', async () => {
    const answers: Record<string, ReadyAnswer | undefined> = { auth: undefined, tasks: { ready: false } };
    const asked: string[] = [];
    const readiness = new Readiness({
      services: ['auth', 'tasks'],
      ask: async (service) => {
        asked.push(service);
        return answers[service];
      },
      obstacle: () => null,
    });
    const missing = () => readiness.missing().map(({ field, message }) => `${field}: ${message}`);
    expect(missing()).toEqual(['auth: not asked yet', 'tasks: not asked yet']);

    expect(await readiness.runOnce()).toBe(2);
    expect(missing()).toEqual(['auth: does not answer', 'tasks: not ready']);

    answers.auth = { ready: true, adminExists: false };
    answers.tasks = { ready: true };
    expect(await readiness.runOnce()).toBe(1);
    expect(missing()).toEqual(['auth: no admin yet']);

    answers.auth = { ready: true, adminExists: true };
    answers.tasks = undefined;
    expect(await readiness.runOnce()).toBe(0);
    expect(missing()).toEqual([]);
    expect(asked.filter((service) => service === 'tasks')).toHaveLength(2);
  });

  it('is reported once, and not while something is missing', async () => {
    let answer: ReadyAnswer | undefined;
    let told = 0;
    const asked = Promise.withResolvers<void>();
    const complete = Promise.withResolvers<void>();
    const readiness = new Readiness({
      services: ['auth'],
      ask: async () => {
        asked.resolve();
        return answer;
      },
      obstacle: () => null,
      complete: () => {
        told += 1;
        complete.resolve();
      },
    });
    readiness.start();
    await asked.promise;
    expect(told).toBe(0);
    answer = { ready: true };
    await complete.promise;
    readiness.stop();
    expect(told).toBe(1);
  });

  it('is not ready while this node cannot do its own work, or if a question fails', async () => {
    let obstacle: string | null = 'stopping';
    const readiness = new Readiness({
      services: ['auth'],
      ask: () => Promise.reject(new Error('away')),
      obstacle: () => obstacle,
    });
    expect(await readiness.runOnce()).toBe(1);
    expect(readiness.missing().map(({ field }) => field)).toEqual(['auth', 'gateway']);
    obstacle = null;
    expect(readiness.missing().map(({ field }) => field)).toEqual(['auth']);
  });
});
