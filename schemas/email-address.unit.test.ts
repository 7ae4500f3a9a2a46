import { describe, expect, it } from '@jest/globals';
import { asciiDomainForm, isEmailAddress, mailboxFrom, needsSmtpUtf8 } from './email-address.ts';

const label = 'x'.repeat(63);
const domainOf = (length: number) =>
  `${label}.${label}.${label}.${'x'.repeat(length - 3 * 64 - 4)}.com`.slice(-length);

describe('an address', () => {
  it.each([
    'pip@popug.example',
    'pip+cage@a.b.popug.example',
    "o'hara!#$%&*/=?^_`{|}~-@popug.example",
    'a.b.c@popug.example',
    `${'p'.repeat(64)}@popug.example`,
    `x@${label}.com`,
    `x@${domainOf(252)}`,
    'admin@localhost.localdomain',
    'x@1.2.3.com',
    'x@3com.com',
    'x@r3---sn.example',
    'x@a.museum',
    'пип@попуг.рф',
    'pip@попуг.рф',
    'pip@xn--c1avcbu.xn--p1ai',
    'pip@straße.de',
    'उपयोगकर्ता@उदाहरण.भारत',
    '用户@例子.广告',
    'pip.é@popug.example',
  ])('B5: can be %s', (text) => {
    expect(isEmailAddress(text)).toBe(true);
  });

  it.each([
    ...['', '@', 'pip', 'pip@', '@popug.example', 'pip@popug', 'a@b@popug.example'],
    ...['x@-bad-.com', 'x@bad-.com', 'x@-bad.com', 'x@123.456', 'x@example.123', 'x@192.0.2.1', 'x@0x7f.1'],
    ...['.x@example.com', 'x.@example.com', 'x..y@example.com', '.@example.com', 'x@.com', 'x@example..com'],
    ...['x@example.com.', 'x@example.c', 'x@exa_mple.com', 'x@exa mple.com', 'x@[192.0.2.1]', 'x@[IPv6:::1]'],
    ...['x@١٢٣.٤٥٦', 'x@１２３.４５６', 'x@example。com', 'x@xn--a.com', 'x@xn--.com', 'x@a\u0378.com'],
    ...['"pip rio"@popug.example', 'pip rio@popug.example', 'pip\t@popug.example', 'pip@popug.example\0'],
    ...[
      'Pip <pip@popug.example>',
      'pip@popug.example, rio@popug.example',
      'pip:x@popug.example',
      'p\\ip@popug.example',
    ],
    ...['pip@popug.example\r\nBcc: all@popug.example', 'pip@popug.example>\r\nRCPT TO:<rio@popug.example'],
    ...[
      'p\u200bip@popug.example',
      'p\u202eip@popug.example',
      'p\u3164ip@popug.example',
      'p\u2800ip@popug.example',
      '\u2800@popug.example',
      'p\u00a0ip@popug.example',
    ],
    ...[`${'p'.repeat(65)}@popug.example`, `${'п'.repeat(33)}@popug.example`, `x@${'x'.repeat(64)}.com`],
    ...[
      `x@${domainOf(253)}`,
      `${'x'.repeat(64)}@${domainOf(200)}`,
      `x@${'п'.repeat(60)}.рф`,
      '\ud800@popug.example',
    ],
    'x'.repeat(1_000_000),
  ])('B5: cannot be %j', (text) => {
    expect(isEmailAddress(text)).toBe(false);
  });

  it('B5: needs SMTPUTF8 if its local part is not ASCII', () => {
    expect(needsSmtpUtf8('пип@popug.example')).toBe(true);
    expect(needsSmtpUtf8('pip@попуг.рф')).toBe(false);
  });

  it('B5: has its domain in ASCII, unless it needs SMTPUTF8', () => {
    expect(asciiDomainForm('pip@попуг.рф')).toBe('pip@xn--c1avcbu.xn--p1ai');
    expect(asciiDomainForm('Pip@Popug.Example')).toBe('Pip@popug.example');
    expect(asciiDomainForm('пип@попуг.рф')).toBe('пип@попуг.рф');
  });
});

describe('a sender', () => {
  it.each([
    ['no-reply@localhost', { name: '', address: 'no-reply@localhost' }],
    ['Zoo <no-reply@zoo.localhost>', { name: 'Zoo', address: 'no-reply@zoo.localhost' }],
    ['<no-reply@popug.example>', { name: '', address: 'no-reply@popug.example' }],
    ['Popug, Inc <a@popug.example>', { name: 'Popug, Inc', address: 'a@popug.example' }],
  ])('B5: can be %s', (text, mailbox) => {
    expect(mailboxFrom(text)).toEqual(mailbox);
  });

  it.each([
    '',
    'Zoo',
    'Zoo <>',
    'x@-bad-.com',
    '.x@example.com',
    'a <b@c> d',
    'a\nb <x@popug.example>',
    'x@[::1]',
  ])('B5: cannot be %j', (text) => {
    expect(mailboxFrom(text)).toBeUndefined();
  });
});
