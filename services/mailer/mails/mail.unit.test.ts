import { describe, expect, it } from '@jest/globals';
import { type MailRequest, mailOf } from '../requests/mail-request.ts';
import { backOffMs, messageIdOf, recipientOf, shown } from './mail.ts';

describe('the Message-ID', () => {
  const from = 'aTES <no-reply@ates.localhost>';

  it('MAIL-3: is the same for the same request, and differs for another', () => {
    const id = messageIdOf('ates', 'payout:1', from);
    expect(id).toMatch(/^<[0-9a-f]{32}@ates\.localhost>$/);
    expect(messageIdOf('ates', 'payout:1', from)).toBe(id);
    expect(messageIdOf('ates', 'payout:2', from)).not.toBe(id);
    expect(messageIdOf('other', 'payout:1', from)).not.toBe(id);
    expect(messageIdOf('ates', 'payout:1', 'no-reply@ates.localhost')).toBe(id);
    expect(messageIdOf('ates', 'payout:1', 'a@попуг.рф')).toMatch(/@xn--c1avcbu\.xn--p1ai>$/);
  });
});

describe('the back-off', () => {
  it('begins with a second and doubles up to five minutes', () => {
    expect([1, 2, 3, 8, 9, 10, 10_000].map(backOffMs)).toEqual([
      1_000, 2_000, 4_000, 128_000, 256_000, 300_000, 300_000,
    ]);
  });
});

describe('the recipient of a mail that is sent again', () => {
  const before = { recipient: 'pip@popug.example', recipientName: 'Pip' };

  it.each([
    [
      'the present address of its user',
      { name: 'Pip the 2nd', email: 'pip@nest.example' },
      'pip@nest.example',
    ],
    [
      'the one before, if no address is known that can exist',
      { name: 'Pip', email: 'nowhere' },
      before.recipient,
    ],
    ['the one before, if its request named it', null, before.recipient],
  ])('MAIL-5: is %s', (_, user, recipient) => {
    const recipientName = recipient === before.recipient ? before.recipientName : (user?.name ?? null);
    expect(recipientOf({ ...before, user })).toEqual({ recipient, recipientName });
  });
});

describe("a server's text", () => {
  it('is stored in one line, bounded', () => {
    expect(shown(' 550\r\n5.1.1\u0000 no \u009b such ')).toBe('550 5.1.1 no such');
    expect(shown('x'.repeat(10_000))).toHaveLength(500);
  });

  it.each([
    ...['\u061c', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e'],
    ...['\u2066', '\u2067', '\u2068', '\u2069', '\u2028', '\u2029'],
  ])('B4: is stored without characters that change its direction or end the line: %j', (character) => {
    expect(shown(`550 5.1.1 ${character}no${character}such${character}`)).toBe('550 5.1.1 no such');
  });

  it.each([
    ['a recipient', `${'x'.repeat(319)}😀`, 320],
    ['an SMTP reply', `550 5.1.1 ${'x'.repeat(489)}😀 no such user`, 500],
    ['lone surrogates', `a\ud83d ${'😀'.repeat(400)}\ude00`, 500],
  ])('A3: is well-formed after truncation: %s', (_, text, max) => {
    expect(shown(text, max).isWellFormed()).toBe(true);
    expect([...shown(text, max)].length).toBeLessThanOrEqual(max);
  });
});

describe('a request for a mail', () => {
  const settings = { locale: 'en', businessTimeZone: 'UTC' };
  const request: MailRequest = {
    requestId: 'r',
    requestedAt: new Date(0),
    recipient: 'pip@popug.example',
    recipientName: 'Pip',
    locale: null,
    subject: 'Hi',
    body: 'There',
    template: null,
    sealed: null,
    data: null,
    eventId: 'e',
    correlationId: 'c',
    traceparent: null,
  };

  it('MAIL-1: with subject and text becomes a mail', () => {
    expect(mailOf(request, settings)).toMatchObject({
      status: 'queued',
      requestKey: 'r',
      template: 'plain',
      subject: 'Hi',
      text: 'There',
      html: expect.stringContaining('<p>There</p>'),
    });
  });

  it('MAIL-1: with a template and its data becomes a mail in the language of its recipient', () => {
    const data = JSON.stringify({ tasks: [{ title: 'Wash', externalId: null }], total: 1 });
    const asked = { ...request, subject: null, body: null, template: 'digest', data, locale: 'ru' };
    expect(mailOf(asked, settings)).toMatchObject({
      status: 'queued',
      template: 'digest',
      subject: 'Задачи перемешаны: у вас 1 задача',
      text: expect.stringContaining('Здравствуйте, Pip!'),
    });
  });

  const templated = { subject: null, body: null };
  it.each<[Partial<MailRequest>, RegExp]>([
    [{ recipient: 'nobody' }, /^invalid_recipient/],
    [{ recipient: 'x@-bad-.com' }, /^invalid_recipient/],
    [{ recipient: '.x@example.com' }, /^invalid_recipient/],
    [{ recipient: 'pip@popug.example\r\nBcc: all@popug.example' }, /^invalid_recipient/],
    [{ recipientName: 'Pip\r\nBcc: all@popug.example' }, /^invalid_recipient/],
    [{ subject: 'Hi\r\nBcc: all@popug.example' }, /^invalid_data: subject/],
    [{ subject: 'Hi\u0001' }, /^invalid_data: subject/],
    [{ subject: 'x'.repeat(251) }, /^invalid_data: subject/],
    [{ subject: '\u200b' }, /^invalid_data: subject/],
    [{ subject: 'a\u202eb' }, /^invalid_data: subject/],
    [{ recipientName: '\u3164' }, /^invalid_recipient: .* visible/],
    [{ recipientName: 'a\u2069b' }, /^invalid_recipient: .* direction/],
    [{ subject: null }, /^invalid_request/],
    [{ body: null }, /^invalid_request/],
    [{ body: 'a\u0000b' }, /^invalid_data: text/],
    [{ template: 'digest' }, /^invalid_request/],
    [{ ...templated, template: 'no-such' }, /^unknown_template/],
    [{ ...templated, template: 'digest', data: '{' }, /^invalid_data/],
    [{ ...templated, template: 'digest', data: '[]' }, /^invalid_data/],
    [{ ...templated, template: 'digest', data: 'null' }, /^invalid_data/],
    [{ ...templated, template: 'digest' }, /^invalid_data/],
  ])('MAIL-2: %j fails for good, with the reason', (fault, reason) => {
    const mail = mailOf({ ...request, ...fault }, settings);
    expect(mail).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
    expect(`${mail.recipient}${mail.subject}${mail.template}`).not.toMatch(/\p{Cc}/u);
  });
});
