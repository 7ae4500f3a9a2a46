import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../test/harness/wait.ts';
import type { OutgoingMail } from './mail.ts';
import { SmtpClient } from './smtp.client.ts';
import { TestSmtp } from './smtp.fixture.ts';

const mail: OutgoingMail = {
  id: 'id',
  mailbox: 'pip@popug.example',
  requestKey: 'key',
  recipient: 'pip@popug.example',
  recipientName: 'Pip',
  template: null,
  subject: 'Subject',
  text: 'Text',
  html: '<p>Text</p>',
  messageId: '<m@ates.localhost>',
  requestedAt: new Date(0),
  eventId: 'event',
  correlationId: 'correlation',
  traceparent: null,
};
const from = 'aTES <no-reply@ates.localhost>';
const limits = { connectMs: 500, greetingMs: 500, silenceMs: 500, totalMs: 2_000, idleMs: 200 };

const sockets = new Set<Socket>();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

/** A server that says what it is told, line by line. */
async function serve(talk: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    talk(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(url: string): SmtpClient {
  const made = new SmtpClient({ url, from, limits });
  ends.push(() => made.close());
  return made;
}

describe('a server that', () => {
  it('wants another password is not the mail’s fault', async () => {
    const url = await serve((socket) => {
      socket.write('220 hi\r\n');
      socket.on('data', (data) => {
        const line = data.toString();
        if (line.startsWith('EHLO')) socket.write('250-hi\r\n250 AUTH PLAIN\r\n');
        else if (line.startsWith('AUTH')) socket.write('535 5.7.8 no\r\n');
      });
    });
    const outcome = await client(url.replace('//', '//user:canary@')).deliver(mail);
    expect(outcome).toEqual({ kind: 'unreachable', reason: '535 5.7.8 no' });
  });

  it('never comes to an end is hung up on', async () => {
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

  it('says no more than a bounded reason', async () => {
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

  it('nobody finds is not the mail’s fault', async () => {
    expect((await client('smtp://no-such-host.invalid').deliver(mail)).kind).toBe('unreachable');
  });
});

describe('a connection', () => {
  it('is used again, and left when there is nothing to do', async () => {
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

  it('is closed at the end, whatever is under way', async () => {
    const url = await serve((socket) => socket.write('220 hi\r\n'));
    const closing = new SmtpClient({ url, from, limits: { ...limits, silenceMs: 60_000, totalMs: 60_000 } });
    const delivery = closing.deliver(mail);
    await until(() => sockets.size === 1);
    closing.close();
    expect((await delivery).kind).toBe('unreachable');
    expect((await closing.deliver(mail)).kind).toBe('unreachable');
  });
});
