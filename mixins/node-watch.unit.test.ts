import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeWatch, PROBE_MS, SILENT_AFTER } from './node-watch.ts';

const NODE = 'toys.one';
const OTHER = 'toys.two';

let now: number;
let isSound: boolean;
/** What the watch has done, in order. */
let log: string[];
/** The ids of its pings. */
let pings: string[];
let watch: NodeWatch;

beforeEach(() => {
  now = 0;
  isSound = true;
  log = [];
  pings = [];
  const cluster = {
    ping(nodeId: string, id: string) {
      log.push(`ping ${nodeId}`);
      pings.push(id);
    },
    drop: (nodeId: string, isExpected = false) =>
      void log.push(`${isExpected ? 'forget' : 'drop'} ${nodeId}`),
    isSound: () => isSound,
  };
  watch = new NodeWatch(cluster, () => now);
});
afterEach(() => watch.stop());

/** Sends a call. It ends when the watch finds it undelivered or lost. */
function send(id: string, nodeId = NODE) {
  const end = (fate: string) => () => {
    log.push(`${id} ${fate}`);
    watch.ended(call);
  };
  const call = {
    id,
    nodeId,
    undelivered: end('undelivered'),
    lost: end('lost'),
    doubted: () => void log.push(`${id} doubted`),
  };
  watch.sent(call);
  return call;
}

/** So many passes, one after the other. */
function pass(times = 1): void {
  for (let n = 0; n < times; n++) {
    now += PROBE_MS;
    watch.pass();
  }
}

const lastPing = () => pings.at(-1) ?? '';

describe('a node whose calls are answered in time', () => {
  it('costs no ping', () => {
    const call = send('a');
    now += PROBE_MS - 1;
    expect(watch.pass()).toBe(0);
    watch.ended(call);
    now += PROBE_MS;
    expect(watch.pass()).toBe(0);
    expect(log).toEqual([]);
  });
});

describe('a call that NATS could not deliver', () => {
  it('FAIL-5: has not begun, and takes its node out of the registry', () => {
    send('a');
    watch.undelivered(NODE, 'a');
    expect(log).toEqual([`drop ${NODE}`, 'a undelivered']);
  });

  it('FAIL-5: leaves the calls before it to a ping, which is sent after all of them', () => {
    for (const id of ['before', 'a', 'after']) send(id);
    send('elsewhere', OTHER);
    watch.undelivered(NODE, 'a');
    expect(log).toEqual([`drop ${NODE}`, 'a undelivered', `ping ${NODE}`]);
    watch.undelivered(NODE, 'after');
    send('later');
    log = [];
    watch.undelivered(NODE, pings[0] ?? '');
    expect(log).toEqual([`drop ${NODE}`, 'before lost']);
  });

  it('FAIL-5: is known as such also after an outage of NATS', () => {
    isSound = false;
    send('a');
    watch.undelivered(NODE, 'a');
    expect(log).toContain('a undelivered');
  });
});

describe('a node that has stopped', () => {
  it('FAIL-5: has not begun a call that crossed its farewell', () => {
    send('a');
    watch.left(NODE);
    expect(log).toEqual([`forget ${NODE}`, `ping ${NODE}`]);
    watch.undelivered(NODE, 'a');
    watch.undelivered(NODE, lastPing());
    expect(log.filter((each) => each.startsWith('a'))).toEqual(['a undelivered']);
  });

  it('costs no ping where no call waits', () => {
    watch.left(NODE);
    expect(log).toEqual([`forget ${NODE}`]);
  });
});

describe('a node that is gone with a call', () => {
  it('FAIL-5: is found by a ping', () => {
    send('a');
    pass();
    expect(log).toEqual([`ping ${NODE}`]);
    watch.undelivered(NODE, lastPing());
    expect(log).toEqual([`ping ${NODE}`, `drop ${NODE}`, 'a lost']);
  });

  it('FAIL-5: may still answer where NATS was away a moment ago', () => {
    send('a');
    pass();
    isSound = false;
    watch.undelivered(NODE, lastPing());
    expect(log).not.toContain('a lost');
  });
});

describe('a silent node', () => {
  it('FAIL-5: loses its turns after one ping, and its calls after some more', () => {
    send('a');
    send('b', OTHER);
    pass(2);
    watch.answered(OTHER);
    expect([watch.isDoubtful(NODE), watch.isDoubtful(OTHER)]).toEqual([true, false]);
    for (let n = 2; n < SILENT_AFTER; n++) {
      pass();
      watch.answered(OTHER);
    }
    expect(log).not.toContain('a doubted');
    pass();
    expect(log.filter((each) => !each.startsWith('ping'))).toEqual([`drop ${NODE}`, 'a doubted']);
  });

  it('FAIL-5: is not silent where it answers', () => {
    send('a');
    pass(SILENT_AFTER);
    watch.answered(NODE);
    pass(SILENT_AFTER);
    expect(log).not.toContain('a doubted');
    expect(watch.isDoubtful(NODE)).toBe(true);
    watch.answered(NODE);
    expect(watch.isDoubtful(NODE)).toBe(false);
  });

  it('FAIL-5: is not silent where NATS is', () => {
    send('a');
    pass(SILENT_AFTER);
    isSound = false;
    pass();
    isSound = true;
    pass(SILENT_AFTER);
    expect(log).not.toContain('a doubted');
  });

  it('FAIL-5: begins anew when no call waits for it', () => {
    const call = send('a');
    pass(SILENT_AFTER);
    watch.ended(call);
    pass();
    expect(watch.isDoubtful(NODE)).toBe(false);
    send('b');
    pass(SILENT_AFTER);
    expect(log).not.toContain('b doubted');
  });
});
