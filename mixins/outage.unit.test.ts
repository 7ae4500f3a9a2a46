import { describe, expect, it } from '@jest/globals';
import { Outage, throttle } from './outage.ts';

const MINUTE = 60_000;

function setting() {
  const lines: string[] = [];
  const clock = { now: Date.UTC(2026, 0, 1) };
  const log = {
    info: (text: string) => lines.push(`info ${text}`),
    warn: (text: string) => lines.push(`warn ${text}`),
  };
  const outage = new Outage('a-b: waits', log, () => clock.now);
  return { lines, clock, outage };
}

describe('an outage', () => {
  it('G26: is logged when it begins, every ten minutes, and when it is over', () => {
    const { lines, clock, outage } = setting();
    for (let second = 0; second < 25 * 60; second++) {
      outage.failed(new Error('TIMEOUT'));
      clock.now += 1_000;
    }
    outage.over();
    outage.over();
    expect(lines).toEqual([
      'warn a-b: waits: TIMEOUT',
      'warn a-b: waits, since 2026-01-01T00:00:00.000Z (601 attempts): TIMEOUT',
      'warn a-b: waits, since 2026-01-01T00:00:00.000Z (1201 attempts): TIMEOUT',
      'info a-b: waits: over after 1500 s',
    ]);
  });

  it('G26: is logged once for each reason; reasons that differ only in numbers are one', () => {
    const { lines, outage } = setting();
    for (const reason of ['TIMEOUT', 'port 1 is closed', 'TIMEOUT', 'port 2 is closed', 'TIMEOUT'])
      outage.failed(reason);
    expect(lines).toEqual(['warn a-b: waits: TIMEOUT', 'warn a-b: waits: port 1 is closed']);
    for (let n = 0; n < 100; n++) outage.failed(`reason ${'x'.repeat(n)}`);
    expect(lines).toHaveLength(5);
  });

  it('G26: that begins and ends every second is one outage', () => {
    const { lines, clock, outage } = setting();
    for (let second = 0; second < 5 * 60; second++) {
      outage.failed('TIMEOUT');
      clock.now += 500;
      outage.over();
      clock.now += 500;
    }
    expect(lines).toEqual(['warn a-b: waits: TIMEOUT', 'info a-b: waits: over after 1 s']);
  });

  it('G26: that follows a short one and lasts is logged', () => {
    const { lines, clock, outage } = setting();
    outage.failed('TIMEOUT');
    outage.over();
    for (let second = 0; second <= 90; second++) {
      clock.now += 1_000;
      outage.failed('TIMEOUT');
    }
    outage.over();
    expect(lines.slice(2)).toEqual(['warn a-b: waits: TIMEOUT', 'info a-b: waits: over after 90 s']);
  });

  it('G26: after a calm minute is a new one', () => {
    const { lines, clock, outage } = setting();
    outage.failed('TIMEOUT');
    outage.over();
    clock.now += MINUTE;
    outage.failed('TIMEOUT');
    expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(2);
  });

  it('G26: is logged without a stack', () => {
    const { lines, outage } = setting();
    outage.failed(Object.assign(new Error('TIMEOUT'), { code: 'TIMEOUT', chainedError: new Error('inner') }));
    expect(lines).toEqual(['warn a-b: waits: TIMEOUT']);
  });
});

function throttled(pauseMs?: number) {
  const lines: string[] = [];
  const clock = { now: 0 };
  return {
    lines,
    clock,
    log: throttle(
      (line) => lines.push(line),
      () => clock.now,
      pauseMs,
    ),
  };
}

describe('a throttled line', () => {
  it('G26: is logged once, then every ten minutes with the number of omitted lines', () => {
    const { lines, clock, log } = throttled();
    for (let second = 0; second <= 1_200; second++) {
      clock.now = second * 1_000;
      log(`away at port ${second}`);
    }
    expect(lines).toEqual([
      'away at port 0',
      'away at port 600 (599 like it were not logged)',
      'away at port 1200 (599 like it were not logged)',
    ]);
  });

  it('G26: is logged once for each kind, of which there are few', () => {
    const { lines, log } = throttled();
    for (const [n, kind] of ['a', 'b', 'a', 'b'].entries()) log(`request ${n} of ${kind}`, kind);
    expect(lines).toHaveLength(2);
    for (let n = 0; n < 100; n++) log('x'.repeat(n));
    expect(lines).toHaveLength(10);
  });

  it('G26: is logged once if attempts are rarer than a minute', () => {
    const { lines, clock, log } = throttled(MINUTE);
    for (let attempt = 0; attempt < 5; attempt++) {
      log('away');
      clock.now += MINUTE + 1_000;
    }
    expect(lines).toEqual(['away']);
  });

  it('G26: is logged again after a calm minute', () => {
    const { lines, clock, log } = throttled();
    log('away');
    clock.now = 59_999;
    log('away');
    clock.now = 120_000;
    log('away');
    expect(lines).toEqual(['away', 'away (1 like it were not logged)']);
  });
});
