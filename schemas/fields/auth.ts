/** Rules for the fields of an account (AUTH-2), for action params. */
import { isOpaque, lengthOf, opaqueForm, type TextFault } from '#schemas/characters.ts';
import { emailForm, isEmailAddress, MAX_ADDRESS_OCTETS } from '#schemas/email-address.ts';
import { checkedText, line } from '#schemas/params.ts';

const MAX_NAME_LENGTH = 200;
/** More would make tokens too long for a header. */
const MAX_ROLES = 32;
export const MIN_BEAK_LENGTH = 8;
export const MAX_BEAK_LENGTH = 200;

/** 1 to 63 lower-case letters, digits, dots, dashes or underscores, a letter or a digit first. */
export const login = {
  type: 'string',
  pattern: /^[a-z0-9][a-z0-9._-]{0,62}$/,
  expects: '1 to 63 lower-case letters, digits, dots, dashes or underscores, a letter or a digit first',
  example: 'pip',
} as const;
/**
 * A lower-case slug of 1 to 63 characters; the known ones are admin, manager, accountant, boss and
 * developer.
 */
export const role = {
  type: 'string',
  pattern: /^[a-z][a-z0-9_-]{0,62}$/,
  expects: '1 to 63 lower-case letters, digits, dashes or underscores, a letter first',
  example: 'developer',
} as const;
export const roles = { type: 'array', items: role, unique: true, max: MAX_ROLES } as const;
export const name = line(1, MAX_NAME_LENGTH, 'Pip');
/** An address that can exist (`isEmailAddress`), in NFC. */
export const email = checkedText(
  emailForm,
  (text) =>
    isEmailAddress(text)
      ? null
      : { code: 'stringPattern', message: 'must be an e-mail address that can exist' },
  { min: 1, max: MAX_ADDRESS_OCTETS, example: 'pip@example.com' },
);
/** ISO 639-1, as `LOCALE` takes it. */
export const locale = {
  type: 'string',
  pattern: /^[a-z]{2}$/,
  expects: 'a language of two letters (ISO 639-1)',
  example: 'en',
} as const;
/** 8 to 200 code points in the form of RFC 8265 (`opaqueForm`); not trimmed. */
export const beak = {
  ...checkedText(opaqueForm, faultOfBeak, {
    min: MIN_BEAK_LENGTH,
    max: MAX_BEAK_LENGTH,
    example: 'short-and-grey',
  }),
  isSecret: true,
} as const;

/** What is wrong with a beak in the form of RFC 8265; null where nothing is. */
export function faultOfBeak(text: string): TextFault | null {
  const length = lengthOf(text);
  if (length < MIN_BEAK_LENGTH)
    return { code: 'stringMin', message: `must have at least ${MIN_BEAK_LENGTH} characters` };
  if (length > MAX_BEAK_LENGTH)
    return { code: 'stringMax', message: `must have at most ${MAX_BEAK_LENGTH} characters` };
  return isOpaque(text)
    ? null
    : { code: 'stringPattern', message: 'must have no control characters and no invisible ones' };
}

/** The refresh token, as pages keep it (WEB-21): as long as it lives. */
export const refreshCookie = {
  name: 'refresh',
  field: 'refreshToken',
  path: '/auth',
  seconds: 30 * 24 * 60 * 60,
} as const;
