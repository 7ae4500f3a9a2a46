/** Who gets the metrics at the gateway, by the setting `METRICS`. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Config } from '../config.ts';
import { startToyGateway, type ToyGateway } from './gateway.fixture.ts';
import { readMetrics } from './metrics.fixture.ts';

let toys: ToyGateway | undefined;
afterEach(() => toys?.stop());

/** The status and the code of the answer of a gateway with this configuration. */
async function ask(config: Partial<Config>, headers: Record<string, string> = {}) {
  toys = await startToyGateway({ config });
  const answer = await fetch(`${toys.root}/metrics`, { headers });
  const text = await answer.text();
  if (answer.ok) expect(readMetrics(text).size).toBeGreaterThan(10);
  return { status: answer.status, code: answer.ok ? null : JSON.parse(text).code };
}

const GIVEN = { status: 200, code: null };
const REFUSED = { status: 403, code: 'metrics_refused' };
const OFFICE = '203.0.113.0/24';

describe('SYS-3: the metrics', () => {
  it('are for this machine by default', async () => {
    expect(await ask({})).toEqual(GIVEN);
  });

  it('do not exist with off', async () => {
    expect(await ask({ metrics: 'off' })).toEqual({ status: 404, code: 'not_found' });
  });

  it('are refused to this machine where other addresses are named', async () => {
    expect(await ask({ metrics: [OFFICE] })).toEqual(REFUSED);
  });

  it.each([
    ['203.0.113.7', GIVEN],
    ['198.51.100.7', REFUSED],
  ])('are for the named addresses that a trusted proxy reports (%s)', async (client, expected) => {
    const config = { metrics: [OFFICE], trustedProxies: ['127.0.0.1'] };
    expect(await ask(config, { 'X-Forwarded-For': client })).toEqual(expected);
  });

  it('are not for an address that the client itself reports', async () => {
    expect(await ask({ metrics: [OFFICE] }, { 'X-Forwarded-For': '203.0.113.7' })).toEqual(REFUSED);
  });
});
