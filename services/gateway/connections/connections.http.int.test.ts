/**
 * Tests which connections are closed to make room: idle ones, half requests, bodies, running
 * answers.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, get } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeAuthority } from '../../../test/harness/certificates.ts';
import { TEST_FOLDER } from '../../../test/harness/servers.ts';
import { until } from '../../../test/harness/wait.ts';
import { proxyFinder } from './address.ts';
import { type Certificate, readCertificate } from './certificate.client.ts';
import { type ConnectionLimits, crowdText } from './connections.http.ts';
import { makeServer } from './server.http.ts';

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const HALF = 'GET / HTTP/1.1\r\nHost: loc';
const SENDING = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf';

let server: ReturnType<typeof makeServer>;
let refused: string[];
/** Pending answers to requests of `/wait`. */
let held: ServerResponse[];
let clients: Client[];
/** The server's clock, in milliseconds. */
let time: number;

async function start(
  limits: Partial<ConnectionLimits>,
  certificate: Certificate | null = null,
): Promise<void> {
  const all: ConnectionLimits = { total: 100, ofAddress: 100, isExempt: () => false, ...limits };
  server = makeServer(
    (req, res) => {
      if (req.url === '/wait') held.push(res);
      else req.resume().on('end', () => res.end('done'));
    },
    {
      certificate,
      limits: all,
      onCrowd: (crowd, address) => refused.push(crowdText(crowd, address, all)),
      now: () => time,
    },
  );
  server.listen(0, '::');
  await once(server, 'listening');
}

beforeEach(() => {
  refused = [];
  held = [];
  clients = [];
  time = 0;
});
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

interface Client {
  readonly socket: Socket;
  text: string;
  closed: boolean;
}

/** Connects from an address, sends some text, and waits until the server has it. */
async function client(said = '', from = '127.0.0.1'): Promise<Client> {
  const arrived = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  const self: Client = { socket, text: '', closed: false };
  clients.push(self);
  socket.on('error', () => {});
  socket.setEncoding('utf8').on('data', (chunk) => {
    self.text += chunk;
  });
  socket.on('close', () => {
    self.closed = true;
  });
  const [incoming] = (await arrived) as [Socket];
  if (said === '') return self;
  socket.write(said);
  await until(() => incoming.bytesRead >= said.length || incoming.destroyed);
  return self;
}
/** Returns a connection that had an answer and is kept open. */
async function kept(from?: string): Promise<Client> {
  const self = await client(GET, from);
  await until(() => self.text.includes('done'));
  return self;
}
async function waiting(from?: string): Promise<Client> {
  const before = held.length;
  const self = await client(GET.replace('/', '/wait'), from);
  await until(() => held.length > before);
  return self;
}
const closed = () => clients.map((each) => each.closed);

describe('an address with its maximum of connections', () => {
  it.each<[string, () => Promise<Client>]>([
    ['that are kept', kept],
    ['that have brought nothing', () => client()],
    ['that bring their headers slowly', () => client(HALF)],
    ['that bring their bodies slowly', () => client(SENDING)],
  ])('E12: has the oldest of those %s closed for a new one', async (_, make) => {
    await start({ ofAddress: 3 });
    for (let n = 0; n < 3; n++) await make();
    await kept();
    await until(() => clients[0]?.closed);
    expect(closed()).toEqual([true, false, false, false]);
    expect(refused).toEqual([]);
  });

  it('E12: loses idle ones before those that send a body, and none that is being answered', async () => {
    await start({ ofAddress: 3 });
    await waiting();
    await client(SENDING);
    await kept();
    await waiting();
    await until(() => clients[2]?.closed);
    await waiting();
    await until(() => clients[1]?.closed);
    expect(closed()).toEqual([false, true, true, false, false]);
    const last = await client(GET);
    await until(() => last.closed);
    expect(last.text).toMatch(/^HTTP\/1\.1 429 /);
    expect(last.text).toContain('"code":"too_many_requests"');
    expect(last.text).toMatch(/^Retry-After: \d+\r$/m);
    expect(refused).toEqual([
      expect.stringMatching(/^Address .*127\.0\.0\.1 has .* \(CONNECTION_LIMIT_ADDRESS: 3\)$/),
    ]);
    for (const res of held) res.end('done');
    await until(() => clients[0]?.text.includes('done'));
    // One of them is idle again and is closed.
    await kept();
  });

  it('E12: loses those that send a body before newer connections, which follow', async () => {
    await start({ ofAddress: 3 });
    for (let n = 0; n < 3; n++) await client(SENDING);
    time = 1;
    const connected = [await client(), await client(), await client()];
    await until(() => clients.slice(0, 3).every((slow) => slow.closed));
    for (const { socket } of connected) socket.write(GET);
    await until(() => connected.every((each) => each.text.includes('done')));
    // The others have been idle for long; the senders were just connected.
    time = 20_000;
    for (let n = 0; n < 3; n++) await client(SENDING);
    await until(() => connected.every((each) => each.closed));
    expect(closed()).toEqual([true, true, true, true, true, true, false, false, false]);
    expect(refused).toEqual([]);
  });

  it('E12: does not affect others', async () => {
    await start({ ofAddress: 2 });
    const other = await kept('127.0.0.2');
    for (let n = 0; n < 10; n++) await kept();
    expect(other.closed).toBe(false);
    other.socket.write(GET);
    await until(() => other.text.split('done').length === 3);
  });

  it('E12: counts an idle connection as the newest after it was used', async () => {
    await start({ ofAddress: 2 });
    const first = await kept();
    const second = await kept();
    first.socket.write(GET);
    await until(() => first.text.split('done').length === 3);
    await kept();
    await until(() => second.closed);
    expect(first.closed).toBe(false);
  });

  it('E12: has free places again when connections end by themselves', async () => {
    await start({ ofAddress: 2 });
    const held = [await waiting(), await waiting()];
    for (const { socket } of held) socket.destroy();
    await until(async () => {
      const next = await client(GET);
      await until(() => next.text !== '' || next.closed);
      return next.text.includes('done');
    });
  });
});

describe('a server with a certificate', () => {
  it('E12: closes idle connections for new ones, before and after their handshake, and none that is being answered', async () => {
    const folder = mkdtempSync(`${tmpdir()}/${TEST_FOLDER}`);
    try {
      const authority = await makeAuthority(folder);
      const certificate = readCertificate(await authority.sign('here', { ip: ['127.0.0.1'] }));
      await start({ ofAddress: 2 }, certificate);
      const { port } = server.address() as AddressInfo;
      const ask = (path: string) => {
        const agent = new Agent({ keepAlive: true });
        return get({ port, host: '127.0.0.1', path, agent, rejectUnauthorized: false }).on('error', () => {});
      };
      const running = ask('/wait');
      await until(() => held.length === 1);
      const plain = await client();
      const answered = ask('/');
      await once(answered, 'response').then(([res]) => res.resume());
      await until(() => plain.closed);
      const [next] = (await once(ask('/'), 'response')) as [IncomingMessage];
      await once(next.resume(), 'end');
      await until(() => answered.socket?.destroyed);
      held[0]?.end('done');
      const [last] = (await once(running, 'response')) as [IncomingMessage];
      expect(await text(last)).toBe('done');
      expect(refused).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a trusted proxy', () => {
  it('E12: may have more connections than an address, up to the total', async () => {
    await start({ ofAddress: 1, total: 4, isExempt: proxyFinder(['127.0.0.1/32']) });
    for (let n = 0; n < 4; n++) await waiting();
    const last = await client(GET);
    await until(() => last.closed);
    expect(last.text).toMatch(/^HTTP\/1\.1 503 /);
    expect(closed()).toEqual([false, false, false, false, true]);
  });
});

describe('a server with its maximum of connections', () => {
  it('E12: closes the oldest idle one of any client, and refuses new ones if none is idle', async () => {
    await start({ total: 3 });
    await waiting('127.0.0.3');
    await kept('127.0.0.2');
    await kept('127.0.0.4');
    await waiting('127.0.0.5');
    await until(() => clients[1]?.closed);
    await waiting('127.0.0.6');
    await until(() => clients[2]?.closed);
    const last = await client(GET, '127.0.0.7');
    await until(() => last.closed);
    expect(last.text).toMatch(/^HTTP\/1\.1 503 /);
    expect(refused).toEqual([expect.stringMatching(/^This node has .* \(CONNECTION_LIMIT: 3\)$/)]);
    expect(closed()).toEqual([false, true, true, false, false, true]);
  });

  it('E12: answers requests that arrive while many connect at once', async () => {
    await start({ total: 20, ofAddress: 10 });
    const { port } = server.address() as AddressInfo;
    const flood = Array.from({ length: 200 }, () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' }).on('error', () => {});
      return socket;
    });
    const other = await kept('127.0.0.2');
    expect(other.closed).toBe(false);
    await until(
      () => flood.filter(({ destroyed, readyState }) => !destroyed && readyState === 'open').length <= 10,
    );
    for (const socket of flood) socket.destroy();
  });
});
