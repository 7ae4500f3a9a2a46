/** Every loop of a service is watched, so that a loop without progress is reported. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../', import.meta.url);

/**
 * Loops that only observe or report and have no items (an outage of theirs is logged), and loops
 * that their owner adds. `Loops.make` adds each loop itself.
 */
const NOT_HERE = new Set([
  'mixins/loops/loops.ts',
  'services/gateway/readiness/stalled-loops.client.ts',
  'services/gateway/requests/service-uses.client.ts',
  'mixins/database/replica-watch.ts',
  'services/auth/identity/identity-guard.client.ts',
  'mixins/identity/bucket-writer.ts',
  'mixins/outbox/relay-loop.ts',
]);

const sources = ['services', 'mixins'].flatMap((folder) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => /(?<!\.(test|fixture))\.ts$/.test(file)),
);
const textOf = (file: string) => readFileSync(new URL(file, ROOT), 'utf8');
const count = (text: string, what: RegExp) => text.match(what)?.length ?? 0;

describe('the loops of the services', () => {
  const files = sources.filter((file) => textOf(file).includes('new Loop('));

  it.each(files.filter((file) => !NOT_HERE.has(file)))('A2: are watched where they are made: %s', (file) => {
    const text = textOf(file);
    expect(count(text, /loops\.add\(/g)).toBeGreaterThanOrEqual(count(text, /new Loop\(/g));
  });

  it.each([
    ['services/auth/auth.worker.ts', 'writer.loop'],
    ['services/auth/auth.worker.ts', 'guard.loop'],
    ['mixins/outbox/outbox.mixin.ts', 'new RelayLoop('],
  ])('A2: are watched by their owner %s: %s', (owner, loop) => {
    expect(textOf(owner)).toContain(`loops.add(${loop}`);
  });

  it('A2: are made in known files only', () => {
    expect(files).toEqual(expect.arrayContaining([...NOT_HERE]));
  });
});
