import { describe, expect, it } from '@jest/globals';
import PostalMime from 'postal-mime';
import type { OutgoingMail } from '../mails/mail.ts';
import { composeMessage } from './message.ts';
import { from, mail } from './smtp.fixture.ts';

async function composed(fields: Partial<OutgoingMail>, sender = from) {
  const { bytes, envelope } = await composeMessage({ ...mail, ...fields }, sender);
  const raw = bytes.toString();
  const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
  const unfolded = head.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n');
  const header = (name: string) =>
    unfolded.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  return { raw, head, header, envelope, read: await PostalMime.parse(raw) };
}

describe('a message', () => {
  it('MAIL-3: is the same byte by byte for the same mail, with one header of each kind', async () => {
    const { raw, header } = await composed({});
    expect((await composed({})).raw).toBe(raw);
    expect([header('From'), header('To'), header('Subject'), header('Message-ID')]).toEqual([
      [from],
      ['Pip <pip@popug.example>'],
      ['Subject'],
      ['<m@ates.localhost>'],
    ]);
  });

  const TEXTS = [
    '=?utf-8?q?evil?=',
    'Re: =?UTF-8?B?ZXZpbA==?= and more',
    '=?',
    'what=?',
    '=?x?=',
    'Привет, Pip',
    'Привет =?utf-8?q?evil?=',
    `${'x'.repeat(60)}=?${'🦜'.repeat(60)}`,
    '=?utf-8?q?evil?= '.repeat(14).trim(),
  ];

  it.each(TEXTS)('B5: shows its subject unchanged: %j', async (subject) => {
    const { read, head, header } = await composed({ subject });
    expect(read.subject).toBe(subject);
    expect(header('Subject')[0]).toMatch(/^(?:=\?UTF-8\?B\?[A-Za-z0-9+/=]+\?= ?)+$/);
    expect(Math.max(...head.split('\r\n').map((line) => line.length))).toBeLessThan(79);
  });

  it.each(TEXTS)('B5: shows the names of recipient and sender unchanged: %j', async (name) => {
    const short = name.slice(0, 90).toWellFormed();
    const { read, header } = await composed({ recipientName: short }, `${short} <no-reply@ates.localhost>`);
    expect(read.to).toEqual([{ name: short, address: 'pip@popug.example' }]);
    expect(read.from).toEqual({ name: short, address: 'no-reply@ates.localhost' });
    expect(header('To')[0]).toMatch(/^(?:=\?UTF-8\?B\?[A-Za-z0-9+/=]+\?= ?)+ <pip@popug\.example>$/);
  });

  it.each(['Pip "the" <Popug>', 'Popug, Inc', 'back\\slash', 'a (b)', 'x@y.z', ''])(
    'B5: has one recipient and one sender, whatever their names are: %j',
    async (name) => {
      const { read, envelope } = await composed({ recipientName: name });
      expect(read.to).toEqual([{ name, address: 'pip@popug.example' }]);
      expect(envelope).toMatchObject({ from: 'no-reply@ates.localhost', to: ['pip@popug.example'] });
    },
  );

  it('B5: has a sender whose name has a comma', async () => {
    const { read, envelope } = await composed({}, 'Popug, Inc <a@popug.example>');
    expect(read.from).toEqual({ name: 'Popug, Inc', address: 'a@popug.example' });
    expect(envelope.from).toBe('a@popug.example');
  });

  it('B5: has domains in ASCII, except for addresses that need SMTPUTF8', async () => {
    const { header, envelope } = await composed(
      { recipient: 'pip@попуг.рф', recipientName: null },
      'a@попуг.рф',
    );
    expect([header('From'), header('To')]).toEqual([
      ['a@xn--c1avcbu.xn--p1ai'],
      ['pip@xn--c1avcbu.xn--p1ai'],
    ]);
    expect(envelope).toMatchObject({ from: 'a@xn--c1avcbu.xn--p1ai', to: ['pip@xn--c1avcbu.xn--p1ai'] });
    expect((await composed({ recipient: 'пип@попуг.рф' })).header('To')).toEqual(['Pip <пип@попуг.рф>']);
  });
});
