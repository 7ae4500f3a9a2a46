import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Refusal, RefusalLog } from './refusal-log.ts';

const REFUSAL: Refusal = {
  method: 'POST',
  path: '/api/v1/tasks',
  status: 403,
  code: 'forbidden',
  address: '192.0.2.1',
  userId: 'pip',
  requestId: 'request-1',
};

let lines: string[];
let now: number;
let log: RefusalLog;
beforeEach(() => {
  lines = [];
  now = 0;
  log = new RefusalLog(
    (text) => lines.push(text),
    () => now,
  );
});
const note = (times: number, refusal: Partial<Refusal> = {}) => {
  for (let n = 0; n < times; n++) log.note({ ...REFUSAL, ...refusal });
};

describe('a log of refusals', () => {
  it('E15: has the refused request and its caller', () => {
    note(1);
    note(1, { status: 401, code: 'unauthenticated', userId: null });
    expect(lines).toEqual([
      'Refused POST /api/v1/tasks: 403 forbidden, from 192.0.2.1, user pip, request request-1',
      'Refused POST /api/v1/tasks: 401 unauthenticated, from 192.0.2.1, request request-1',
    ]);
  });

  it.each([400, 404, 409, 413, 429, 500, 503])('E15: has no line for a %d', (status) => {
    note(1, { status });
    expect(lines).toEqual([]);
  });

  it('E15: has ten lines a second for an address, and one about the others', () => {
    note(1_000);
    expect(lines).toHaveLength(10);
    note(3, { address: '192.0.2.2' });
    expect(lines).toHaveLength(13);
    now = 500;
    log.flush();
    expect(lines.slice(13)).toEqual(['Refused 990 more requests within a second: 990 from 192.0.2.1']);
    // The limit holds for any window of one second.
    now = 999;
    note(5);
    expect(lines).toHaveLength(14);
    now = 1_000;
    log.flush();
    note(11);
    log.flush();
    log.flush();
    expect(lines.slice(14)).toHaveLength(12);
  });

  it('E15: counts an IPv6 network as one address, and is bounded for any number of them', () => {
    for (let n = 0; n < 20; n++) note(1, { address: `2001:db8::${n}` });
    expect(lines).toHaveLength(10);
    for (let n = 0; n < 5_000; n++) note(1, { address: `10.0.${n >> 8}.${n & 255}` });
    expect(lines).toHaveLength(200);
    log.flush();
    expect(lines).toHaveLength(201);
    expect(lines[200]).toMatch(
      /^Refused 4820 more requests within a second: 10 from 2001:db8::\/64, .* more addresses$/,
    );
  });

  it('E15: has no text in a line that could look like another line', () => {
    note(1, { path: `/a\u0085\u2028 b${'x'.repeat(10_000)}` });
    expect(lines[0]).toMatch(/^[\x20-\x7e]{0,400}$/);
  });
});
