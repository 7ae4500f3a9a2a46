/** Hosts under which the gateway can be called, tested with raw requests. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startToyGateway, type ToyGateway } from './gateway.fixture.ts';
import { until } from './harness/wait.ts';

let toys: ToyGateway;
beforeAll(async () => {
  toys = await startToyGateway({
    config: { allowedHosts: ['intern.example', '[2001:db8::1]'], publicUrl: 'https://ates.example.com' },
  });
  await until(async () => (await fetch(`${toys.root}/readyz`)).ok);
});
afterAll(() => toys?.stop());

const OPEN = 'POST /api/v1/toys/open HTTP/1.1';
const FOREIGN = 'evil.example';

/** The status of a request with these lines, and the number of calls that it caused. */
async function ask(...lines: readonly string[]): Promise<{ status: number; code: string; calls: number }> {
  const before = toys.calls.length;
  const socket = connect(toys.port, '127.0.0.1');
  socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  const answer = await text(socket);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
  const code = /"code":"(\w+)"/.exec(answer)?.[1] ?? '';
  return { status, code, calls: toys.calls.length - before };
}
const SERVED = { status: 200, calls: 1 };
const MISDIRECTED = { status: 421, code: 'misdirected_request', calls: 0 };
const MALFORMED = { status: 400, code: 'malformed_request', calls: 0 };

describe('a request to a host of the gateway', () => {
  it.each([
    'localhost',
    'LOCALHOST:1',
    'localhost.',
    '127.0.0.1:65535',
    '[::1]:3000',
    '[::ffff:127.0.0.1]',
    'ates.example.com',
    'Ates.Example.Com.:443',
    'intern.example',
    '[2001:db8:0::1]',
  ])('E15: %s is served on any port', async (host) => {
    expect(await ask(OPEN, `Host: ${host}`)).toMatchObject(SERVED);
  });

  it.each([
    [`POST http://localhost/api/v1/toys/open HTTP/1.1`, 'Host: localhost'],
    [`POST HTTP://ates.example.com:80/api/v1/toys/open HTTP/1.1`, 'Host: intern.example'],
    ['POST /api/v1/toys/open HTTP/1.0'],
  ])('E15: %s is served', async (...lines) => {
    expect(await ask(...lines)).toMatchObject(SERVED);
  });
});

describe('a request of a page', () => {
  const FORBIDDEN = { status: 403, code: 'origin_not_allowed', calls: 0 };

  it.each([
    ['localhost:3000', 'http://localhost:3000', SERVED],
    ['localhost:3000', 'https://localhost:3000', FORBIDDEN],
    ['ates.example.com', 'https://ates.example.com', SERVED],
    ['ates.example.com', 'http://ates.example.com', FORBIDDEN],
  ])('F20: to %s, of %s, is same-origin if the scheme is the same', async (host, origin, expected) => {
    expect(await ask(OPEN, `Host: ${host}`, `Origin: ${origin}`)).toMatchObject(expected);
    // From no trusted proxy.
    const claimed = 'X-Forwarded-Proto: https';
    expect(await ask(OPEN, `Host: ${host}`, `Origin: ${origin}`, claimed)).toMatchObject(expected);
  });
});

describe('a request to another host', () => {
  it.each([
    FOREIGN,
    `${FOREIGN}:80`,
    'localhost.evil.example',
    'ates.example.com.evil.example',
    'example.com',
    '192.0.2.1',
    '[2001:db8::2]',
    '0.0.0.0',
    '',
  ])('E15: %j is refused, and nothing is called', async (host) => {
    expect(await ask(OPEN, `Host: ${host}`)).toEqual(MISDIRECTED);
    expect(await ask(OPEN, `Host: ${host}`, `Origin: http://${host}`)).toEqual(MISDIRECTED);
    expect(await ask(OPEN, `Host: ${host}`, 'X-Forwarded-Host: localhost')).toEqual(MISDIRECTED);
  });

  it.each([
    [`POST http://${FOREIGN}/api/v1/toys/open HTTP/1.1`, 'Host: localhost'],
    ['POST http://localhost/api/v1/toys/open HTTP/1.1', `Host: ${FOREIGN}`],
    [
      'OPTIONS /api/v1/toys/open HTTP/1.1',
      `Host: ${FOREIGN}`,
      `Origin: http://${FOREIGN}`,
      'Access-Control-Request-Method: POST',
    ],
  ])('E15: %s with %s is refused', async (...lines) => {
    expect(await ask(...lines)).toEqual(MISDIRECTED);
  });

  it.each([
    [OPEN],
    [OPEN, 'Host: localhost', 'Host: localhost'],
    [OPEN, 'Host: localhost', 'HOST: evil.example'],
    [OPEN, 'Host: a b'],
    [OPEN, 'Host: user@localhost'],
    [OPEN, 'Host: localhost:80:80'],
    [OPEN, 'Host: [::1'],
    ['POST http://user@localhost/api/v1/toys/open HTTP/1.1', 'Host: localhost'],
  ])('E15: is refused if it is malformed (%s, %s)', async (...lines) => {
    expect(await ask(...lines)).toEqual(MALFORMED);
  });

  it('E15: is answered for health and metrics, but not as same-origin', async () => {
    for (const path of ['/livez', '/readyz', '/livez?now', '/metrics']) {
      expect(await ask(`GET ${path} HTTP/1.1`, `Host: ${FOREIGN}`)).toMatchObject({ status: 200 });
    }
    expect(await ask('GET /livezz HTTP/1.1', `Host: ${FOREIGN}`)).toEqual(MISDIRECTED);
    const page = await ask('GET /livez HTTP/1.1', `Host: ${FOREIGN}`, `Origin: http://${FOREIGN}`);
    expect(page).toEqual({ status: 403, code: 'origin_not_allowed', calls: 0 });
  });
});
