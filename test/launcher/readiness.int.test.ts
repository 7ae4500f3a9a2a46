import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { whenReady } from '../../scripts/launcher/readiness.ts';
import { problemDocument } from '../../services/gateway/requests/problem.ts';
import { freePort } from '../harness/system.ts';

/** The answers of the gateway in order. The last one is repeated. */
let answers: [status: number, body: string][];
let server: Server;
let address: string;
const told: string[] = [];

beforeEach(async () => {
  told.length = 0;
  server = createServer((_, response) => {
    const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, ''];
    response.writeHead(status).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => void server.close());

/** Prints after each request. */
const wait = (at: string, check: () => void = () => undefined) =>
  whenReady({ address: at, print: (line) => told.push(line), check, tellEvery: 0 });

function notReady(missing: Record<string, string>): string {
  const errors = Object.entries(missing).map(([field, message]) => ({ field, code: 'not_ready', message }));
  return problemDocument({ status: 503, code: 'service_unavailable', detail: 'Not ready', errors }, 'r');
}

describe('a launcher that waits', () => {
  it('prints what is missing, until nothing is', async () => {
    answers = [
      [503, notReady({ tasks: 'does not answer', auth: 'no admin yet' })],
      [503, notReady({ auth: 'no admin yet' })],
      [200, '{}'],
    ];
    await wait(address);
    expect(told).toEqual([
      'not ready yet: tasks: does not answer, auth: no admin yet',
      'not ready yet: auth: no admin yet',
    ]);
  });

  it('shows the beginning of an answer that is not from the gateway', async () => {
    answers = [
      [404, `<html>${'x'.repeat(1_000)}`],
      [200, ''],
    ];
    await wait(address);
    expect(told).toEqual([`not ready yet: <html>${'x'.repeat(494)}`]);
  });

  it('waits for an address where nothing listens yet, until it is cancelled', async () => {
    const over = new Error('over');
    const waiting = wait(`http://127.0.0.1:${await freePort()}`, () => {
      if (told.length === 2) throw over;
    });
    await expect(waiting).rejects.toBe(over);
    expect(told).toEqual(Array(2).fill('not ready yet: there is no answer yet'));
  });
});
