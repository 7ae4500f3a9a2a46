import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { until } from '../../../test/harness/wait.ts';
import { HangUp } from './hang-up.ts';
import { SmtpClient } from './smtp.client.ts';
import { from, mail, TestSmtp } from './smtp.fixture.ts';

const limits = { connectMs: 500, greetingMs: 500, silenceMs: 500, totalMs: 2_000, idleMs: 200 };

const sockets = new Set<Socket>();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

/** A server that runs `talk` on each connection. */
async function serve(talk: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    talk(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Verb = 'CONNECT' | 'EHLO' | 'HELO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | '.';

const POLITE: Readonly<Record<Verb, string>> = {
  CONNECT: '220 hi',
  EHLO: '250 hi',
  HELO: '250 hi',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  '.': '250 taken',
};

/** Stands for no reply. */
const SILENCE = 'says nothing';
const DRIP = 'says that it will say something';

/** A server that answers each command with the given reply. */
function scripted(replies: Partial<Record<Verb, string>>, said: string[] = []): Promise<string> {
  const replyTo = (verb: string) => ({ ...POLITE, ...replies })[verb as Verb];
  return serve((socket) => {
    let data = false;
    let rest = '';
    const answer = (reply: string) => {
      if (reply === SILENCE) return;
      if (reply !== DRIP) return socket.write(`${reply}\r\n`);
      const timer = setInterval(() => socket.write('250-wait\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    };
    socket.write(`${replyTo('CONNECT')}\r\n`);
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const verb = data ? line : (line.split(' ')[0] ?? '');
        said.push(line);
        if (data && verb !== '.') continue;
        const reply = replyTo(verb) ?? '250 ok';
        data = verb === 'DATA' && reply.startsWith('3');
        answer(reply);
      }
    });
  });
}

function client(url: string, idleMs = limits.idleMs): SmtpClient {
  const made = new SmtpClient({ url, from, limits: { ...limits, idleMs } });
  ends.push(() => made.close());
  return made;
}

describe('a server', () => {
  it('that wants another password does not fail the mail', async () => {
    const url = await serve((socket) => {
      socket.write('220 hi\r\n');
      socket.on('data', (data) => {
        const line = data.toString();
        if (line.startsWith('EHLO')) socket.write('250-hi\r\n250 AUTH PLAIN\r\n');
        else if (line.startsWith('AUTH')) socket.write('535 5.7.8 no\r\n');
      });
    });
    const outcome = await client(`${url.replace('//', '//user:canary@')}?ignoreTLS=true`).deliver(mail);
    expect(outcome).toEqual({ kind: 'unreachable', reason: '535 5.7.8 no' });
  });

  it('that never finishes is hung up on', async () => {
    const url = await serve((socket) => {
      socket.write('220 hi\r\n');
      socket.on('data', (data) => {
        const line = data.toString();
        if (/^(EHLO|MAIL|RCPT)/.test(line)) socket.write('250 ok\r\n');
        else if (line.startsWith('DATA')) {
          const timer = setInterval(() => socket.write('354-wait\r\n'), 100);
          socket.on('close', () => clearInterval(timer));
        }
      });
    });
    const outcome = await client(url).deliver(mail);
    expect(outcome.kind).toBe('deferred');
  });

  it('gives a bounded reason', async () => {
    const url = await serve((socket) => {
      socket.write('220 hi\r\n');
      socket.on('data', (data) => {
        const line = data.toString();
        if (/^(EHLO|MAIL)/.test(line)) socket.write('250 ok\r\n');
        else if (line.startsWith('RCPT')) socket.write(`550 ${'no\u0007 '.repeat(2_000)}\r\n`);
      });
    });
    const outcome = await client(url).deliver(mail);
    expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/^550 no no/) });
    expect('reason' in outcome && outcome.reason.length).toBeLessThanOrEqual(500);
  });

  it('that does not resolve does not fail the mail', async () => {
    expect((await client('smtp://no-such-host.invalid').deliver(mail)).kind).toBe('unreachable');
  });
});

describe('a refusal on the wire', () => {
  const cases: readonly [Verb, string, string][] = [
    ['CONNECT', '554 5.7.1 no mail from you', 'unreachable'],
    ['CONNECT', '521 5.3.2 no mail at all', 'unreachable'],
    ['CONNECT', '421 4.3.2 later', 'unreachable'],
    ['MAIL', '550 5.7.1 no such sender', 'unreachable'],
    ['MAIL', '421 4.7.0 too many mails', 'unreachable'],
    ['MAIL', '552 5.3.4 too large', 'refused'],
    ['RCPT', '504 5.5.4 no', 'refused'],
    ['RCPT', '521 5.3.2 no', 'refused'],
    ['RCPT', '550 5.1.1 no', 'refused'],
    ['RCPT', '553 no', 'refused'],
    ['RCPT', '556 5.1.10 no', 'refused'],
    ['RCPT', '530 5.7.0 sign in first', 'deferred'],
    ['RCPT', '450 4.2.0 greylisted', 'deferred'],
    ['RCPT', '421 4.7.0 too many recipients', 'deferred'],
    ['DATA', '554 5.6.0 no', 'refused'],
    ['DATA', '500 5.5.2 no', 'refused'],
    ['DATA', '501 5.5.4 no', 'refused'],
    ['DATA', '503 5.5.1 out of order', 'deferred'],
    ['.', '550 5.7.1 spam', 'refused'],
    ['.', '451 4.3.0 later', 'deferred'],
    ['.', '421 4.3.2 later', 'deferred'],
  ];

  it.each(cases)('B4, MAIL-2: %s with %j: %s, with and without pipelining', async (verb, reply, kind) => {
    for (const hello of ['250 hi', '250-hi\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES']) {
      const outcome = await client(await scripted({ EHLO: hello, [verb]: reply })).deliver(mail);
      expect([outcome.kind, 'reason' in outcome && outcome.reason]).toEqual([kind, reply]);
    }
  });

  it('B4, MAIL-2: of EHLO and of HELO makes the server unreachable', async () => {
    const outcome = await client(await scripted({ EHLO: '502 no', HELO: '550 no' })).deliver(mail);
    expect(outcome).toEqual({ kind: 'unreachable', reason: '550 no' });
  });

  it('B4, MAIL-2: of nodemailer, of a mail that cannot be composed, ends that mail', async () => {
    const broken = {
      ...mail,
      requestedAt: 'no date' as unknown as Date,
      text: Symbol('x') as unknown as string,
    };
    const outcome = await client(await scripted({})).deliver(broken);
    expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/^invalid_mail: /) });
  });
});

describe('a long attempt', () => {
  const patient = { ...limits, silenceMs: 60_000, totalMs: 60_000 };
  const HELLOS = ['250 hi', '250-hi\r\n250 PIPELINING'];
  const cases = (['MAIL', 'RCPT', 'DATA'] as const).flatMap((verb) =>
    [SILENCE, DRIP].flatMap((manner) => HELLOS.map((hello) => [verb, manner, hello] as const)),
  );

  it.each(cases)(
    'B4, MAIL-2: is ended by a hang-up while the server, at %s, %s (%j)',
    async (verb, manner, hello) => {
      const said: string[] = [];
      const url = await scripted({ EHLO: hello, [verb]: manner }, said);
      const made = new SmtpClient({ url, from, limits: patient });
      ends.push(() => made.close());
      const hangUp = new HangUp();
      const delivery = made.deliver(mail, hangUp);
      await until(() => said.some((line) => line.startsWith(verb)));
      hangUp.now('others wait');
      expect(await delivery).toEqual({ kind: 'deferred', reason: 'others wait' });
      const [socket] = sockets;
      await until(() => socket?.destroyed === true, { what: 'the connection to be closed' });
      expect(said).not.toContain('.');
      expect([hangUp.done, hangUp.possible]).toEqual([true, false]);
    },
  );

  it.each(HELLOS)('B4, MAIL-2: is not ended while the server may have the mail (%j)', async (hello) => {
    const said: string[] = [];
    const url = await scripted({ EHLO: hello, '.': SILENCE }, said);
    const hangUp = new HangUp();
    const delivery = client(url).deliver(mail, hangUp);
    await until(() => said.includes('.'));
    expect(hangUp.possible).toBe(false);
    hangUp.now('others wait');
    expect(hangUp.done).toBe(false);
    expect(await delivery).toEqual({ kind: 'deferred', reason: 'Timeout' });
  });

  it('B4, MAIL-2: cannot be ended before its mail is named: that concerns all mails', async () => {
    const said: string[] = [];
    const hangUp = new HangUp();
    const delivery = client(await scripted({ EHLO: SILENCE }, said)).deliver(mail, hangUp);
    await until(() => said.length === 1);
    expect(hangUp.possible).toBe(false);
    expect((await delivery).kind).toBe('unreachable');
  });
});

describe('an address with characters beyond ASCII', () => {
  const internationalised = '250-hi\r\n250-8BITMIME\r\n250 SMTPUTF8';
  const other = { ...mail, recipient: 'пип@попуг.рф' };

  it('B5, MAIL-2: before the @, gets mail if the server announces SMTPUTF8', async () => {
    const said: string[] = [];
    const outcome = await client(await scripted({ EHLO: internationalised }, said)).deliver(other);
    expect(outcome).toEqual({ kind: 'sent' });
    expect(said).toContainEqual(expect.stringMatching(/^MAIL FROM:<no-reply@ates\.localhost> SMTPUTF8/));
    expect(said).toContain('RCPT TO:<пип@попуг.рф>');
  });

  it.each(['250 hi', '250-SMTPUTF8 is not for you\r\n250 8BITMIME', '502 no'])(
    'B5, MAIL-2: before the @, ends the mail if it does not (%j), and other mails continue',
    async (hello) => {
      const said: string[] = [];
      const connected = client(await scripted({ EHLO: hello }, said), 60_000);
      expect(await connected.deliver(other)).toMatchObject({
        kind: 'refused',
        reason: expect.stringMatching(/^smtputf8_missing: /),
      });
      expect(said.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([]);
      expect(await connected.deliver(mail)).toEqual({ kind: 'sent' });
      expect(await connected.deliver({ ...mail, recipient: 'pip@попуг.рф' })).toEqual({ kind: 'sent' });
      expect(said).toContain('RCPT TO:<pip@xn--c1avcbu.xn--p1ai>');
      expect(sockets.size).toBe(1);
    },
  );

  it('B4, MAIL-2: whose MAIL FROM is refused for its parameter, delays no other mail', async () => {
    for (const [reply, kind] of [
      ['550 no such parameter', 'deferred'],
      ['501 syntax error', 'deferred'],
      ['553 5.6.7 not this one', 'refused'],
    ]) {
      const url = await scripted({ EHLO: internationalised, MAIL: reply as string });
      expect(await client(url).deliver(other)).toEqual({ kind, reason: reply });
    }
  });

  it('B5, MAIL-2: of the sender, fails no mail', async () => {
    const sender = new SmtpClient({ url: await scripted({}), from: 'почта@popug.example', limits });
    ends.push(() => sender.close());
    expect(await sender.deliver(mail)).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringMatching(/MAIL_FROM/),
    });
  });
});

describe('credentials in the URL', () => {
  const AUTH = '250-hi\r\n250 AUTH PLAIN LOGIN';
  const withPassword = (url: string, query: string) => `${url.replace('//', '//user:canary@')}${query}`;

  it.each([
    '',
    '?ignoreTLS=false',
    '?ignoreTLS=1',
    '?opportunisticTLS=true',
    '?requireTLS=true&ignoreTLS=true',
    '?requireTLS=',
    '?requireTLS=0',
  ])('B5, MAIL-2: are not sent without TLS (%j)', async (query) => {
    const said: string[] = [];
    const url = await scripted({ EHLO: AUTH, ['STARTTLS' as Verb]: '502 no such command' }, said);
    const outcome = await client(withPassword(url, query)).deliver(mail);
    expect(outcome).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringMatching(/STARTTLS.*502 no such/),
    });
    expect(said.filter((line) => !/^(EHLO|STARTTLS)/.test(line))).toEqual([]);
  });

  it.each(['?ignoreTLS=true', '?requireTLS=false'])(
    'B5, MAIL-2: are sent without TLS if %s allows it',
    async (query) => {
      const said: string[] = [];
      const outcome = await client(withPassword(await scripted({ EHLO: AUTH }, said), query)).deliver(mail);
      expect(outcome).toEqual({ kind: 'sent' });
      expect(said).toContain(`AUTH PLAIN ${Buffer.from('\0user\0canary').toString('base64')}`);
    },
  );

  it('B5, MAIL-2: are sent over TLS if the certificate is valid, or need not be', async () => {
    const server = new SMTPServer({
      logger: false,
      disableReverseLookup: true,
      onAuth: ({ password }, _session, done) =>
        password === 'canary' ? done(null, { user: 'user' }) : done(new Error('Not you')),
    });
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    expect((await client(withPassword(url, '')).deliver(mail)).kind).toBe('unreachable');
    const trusting = client(withPassword(url, '?tls.rejectUnauthorized=false'));
    expect(await trusting.deliver(mail)).toEqual({ kind: 'sent' });
  });
});

describe('a connection', () => {
  it('is reused, and closed when idle', async () => {
    const smtp = await TestSmtp.start();
    ends.push(() => smtp.stop());
    const connected = client(smtp.url);
    for (let n = 0; n < 3; n++) expect(await connected.deliver(mail)).toEqual({ kind: 'sent' });
    expect([smtp.connections, smtp.taken.length]).toEqual([1, 3]);
    await smtp.stop();
    expect((await connected.deliver(mail)).kind).not.toBe('sent');
    await smtp.start();
    expect(await connected.deliver(mail)).toEqual({ kind: 'sent' });
  });

  it('is closed at the end, even with mails under way', async () => {
    const url = await serve((socket) => socket.write('220 hi\r\n'));
    const closing = new SmtpClient({ url, from, limits: { ...limits, silenceMs: 60_000, totalMs: 60_000 } });
    const delivery = closing.deliver(mail);
    await until(() => sockets.size === 1);
    closing.close();
    expect((await delivery).kind).toBe('unreachable');
    expect((await closing.deliver(mail)).kind).toBe('unreachable');
  });
});
