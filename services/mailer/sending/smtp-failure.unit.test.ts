import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../mails/mail.ts';
import { outcomeOf, type Stage, verdictOf } from './smtp-failure.ts';

type Verdict = Exclude<Outcome['kind'], 'sent'>;

/** Codes of RFC 5321, 4954, 5248 and 7504, and some that no document lists. */
const REPLY_CODES = [
  ...[421, 422, 432, 441, 450, 451, 452, 453, 454, 455, 458, 459],
  ...[500, 501, 502, 503, 504, 510, 511, 512, 521, 523, 530, 534, 535, 538],
  ...[540, 541, 550, 551, 552, 553, 554, 555, 556, 571, 599],
];

/** Codes by verdict. Codes that are not listed have the verdict of their first digit. */
interface Expected {
  readonly 4: Verdict;
  readonly 5: Verdict;
  readonly others?: Readonly<Partial<Record<Verdict, readonly number[]>>>;
}

const everywhere = { 4: 'unreachable', 5: 'unreachable' } as const;
const EXPECTED: Readonly<Record<Stage, Expected>> = {
  connect: everywhere,
  greeting: everywhere,
  EHLO: everywhere,
  STARTTLS: everywhere,
  AUTH: everywhere,
  MAIL: { ...everywhere, others: { refused: [552], deferred: [452, 455, 504, 555] } },
  RCPT: { 4: 'deferred', 5: 'refused', others: { deferred: [502, 503, 523, 530, 534, 535, 538] } },
  DATA: { 4: 'deferred', 5: 'refused', others: { deferred: [502, 503, 523, 530, 534, 535, 538] } },
};

const cases = Object.entries(EXPECTED).flatMap(([stage, expected]) =>
  REPLY_CODES.map((code) => {
    const special = Object.entries(expected.others ?? {}).find(([, codes]) => codes.includes(code));
    const verdict = (special?.[0] ?? (code < 500 ? expected[4] : expected[5])) as Verdict;
    return [stage as Stage, code, verdict] as const;
  }),
);

describe('a reply', () => {
  it.each(cases)('B4, MAIL-2: at %s with %d: %s', (stage, code, verdict) => {
    expect(verdictOf(stage, code, `${code} says the server`)).toBe(verdict);
  });

  it.each<[Stage, string, Verdict]>([
    ['MAIL', '552 5.3.4 message size exceeds the limit', 'refused'],
    ['MAIL', '554 5.2.3 too large', 'refused'],
    ['MAIL', '550 5.6.7 non-ASCII addresses are not permitted', 'refused'],
    ['MAIL', '550-5.6.7 non-ASCII addresses\n550 5.6.7 are not permitted', 'refused'],
    ['MAIL', '452 4.3.4 too large just now', 'deferred'],
    ['MAIL', '452 4.3.1 insufficient system storage', 'unreachable'],
    ['MAIL', '552 5.3.1 mail system full', 'unreachable'],
    ['MAIL', '501 5.5.4 unsupported option: SMTPUTF8', 'deferred'],
    ['MAIL', '550 5.7.1 sender rejected', 'unreachable'],
    ['MAIL', '501 5.1.7 bad sender address syntax', 'unreachable'],
    ['MAIL', '451 4.3.0 queue file write error', 'unreachable'],
    ['RCPT', '550 5.1.1 no such user', 'refused'],
    ['RCPT', '550 5.1.10 the domain has a null MX', 'refused'],
    ['RCPT', '556 5.1.10 the domain has a null MX', 'refused'],
    ['RCPT', '521 5.3.2 the host takes no mail', 'refused'],
    ['RCPT', '550 5.7.1 relay access denied', 'refused'],
    ['RCPT', '552 5.2.2 mailbox full', 'refused'],
    ['RCPT', '550 5.7.17 the mailbox has another owner', 'refused'],
    ['RCPT', '550 5.7.8 authentication credentials invalid', 'deferred'],
    ['RCPT', '554 5.7.10 encryption needed', 'deferred'],
    ['RCPT', '452 4.3.1 insufficient system storage', 'deferred'],
    ['RCPT', '421 4.7.0 try again later', 'deferred'],
    // A class that contradicts the code is ignored.
    ['RCPT', '550 4.2.2 mailbox full', 'refused'],
    ['RCPT', '550 5.7.800 is another code than 5.7.8', 'refused'],
    ['RCPT', '550 5.7.8x is no enhanced code', 'refused'],
    ['DATA', '554 5.6.0 content rejected', 'refused'],
    ['DATA', '550 5.7.26 unauthenticated mail', 'refused'],
    ['DATA', '530 5.7.0 authentication required', 'deferred'],
    ['DATA', '451 4.7.1 greylisted', 'deferred'],
  ])('B4, MAIL-2: with an enhanced status code: at %s, %j: %s', (stage, text, verdict) => {
    expect(verdictOf(stage, Number(text.slice(0, 3)), text)).toBe(verdict);
  });

  it('B4, MAIL-2: with a code that is neither 4yz nor 5yz ends no mail', () => {
    for (const code of [0, 99, 220, 354, 600]) {
      expect(verdictOf('RCPT', code, '')).toBe('deferred');
      expect(verdictOf('MAIL', code, '')).toBe('unreachable');
    }
  });
});

describe('an error of nodemailer', () => {
  const reply = (command: string, responseCode: number, code = 'EENVELOPE') => ({
    message: 'Failed',
    command,
    code,
    responseCode,
    response: `${responseCode} says the server`,
  });

  it('MAIL-2: has the whole reply as reason', () => {
    expect(outcomeOf('sending', reply('RCPT TO', 550))).toEqual({
      kind: 'refused',
      reason: '550 says the server',
    });
  });

  it('B4, MAIL-2: of any command while the session is opened makes the server unreachable', () => {
    for (const command of ['CONN', 'EHLO', 'HELO', 'STARTTLS', 'AUTH PLAIN', 'AUTH CRAM-MD5', 'API']) {
      for (const code of REPLY_CODES) {
        expect(outcomeOf('opening', reply(command, code)).kind).toBe('unreachable');
      }
    }
    const refused = { message: 'connect ECONNREFUSED', code: 'ESOCKET', command: 'CONN' };
    expect(outcomeOf('opening', refused)).toEqual({ kind: 'unreachable', reason: refused.message });
  });

  it.each(['EENVELOPE', 'EMESSAGE'])(
    'B4, MAIL-2: at DATA has the same verdict for the command and the message: %s',
    (code) => {
      for (const replyCode of REPLY_CODES) {
        expect(outcomeOf('sending', reply('DATA', replyCode, code)).kind).toBe(
          verdictOf('DATA', replyCode, ''),
        );
      }
    },
  );

  it('B4, MAIL-2: about a reply that answers no command ends no mail', () => {
    expect(outcomeOf('sending', reply('CONN', 550, 'EPROTOCOL')).kind).toBe('deferred');
    expect(outcomeOf('sending', reply('CONN', 550, 'ECONNECTION')).kind).toBe('deferred');
  });

  it('without a reply is retried, unless the mail can never be sent', () => {
    const kindOf = (error: object) => outcomeOf('sending', { message: 'Failed', ...error }).kind;
    expect(kindOf({ code: 'ETIMEDOUT', command: 'CONN' })).toBe('deferred');
    expect(kindOf({})).toBe('deferred');
    // The line is not a reply.
    expect(kindOf({ code: 'EMESSAGE', command: 'DATA', response: 'what?' })).toBe('deferred');
    expect(kindOf({ code: 'EENVELOPE', command: 'API' })).toBe('refused');
    expect(kindOf({ code: 'EMESSAGE', command: 'MAIL FROM' })).toBe('refused');
  });
});
