import { describe, expect, it } from '@jest/globals';
import { refuseWeakBeak, weaknessOf } from './beak.ts';

describe('a beak', () => {
  it.each([
    'password',
    'Password1',
    'P@SSW0RD',
    '12345678',
    '1234567890',
    'qwertyuiop',
    'Password1!',
    '!!Summer2024',
    'ｐａｓｓｗｏｒｄ',
    '1q2w3e4r',
    'iloveyou',
    'aaaaaaaa',
    '00000000000',
    '🦜'.repeat(8),
    '123123123',
    '20262026',
    '020406020406',
    'abababab',
    '  password  ',
    'abcdefgh',
    'HGFEDCBA',
    '23456789',
    'p@ssw0rd123',
    'Pa$$w0rd',
    'l3tme1n!!',
    '@dmin123',
    'aaaaaaab',
    'baaaaaaaa',
    'qwertyqwerty',
    'QwertyQwerty12',
    'passwordpassword',
    'passw0rdpassw0rd',
    'welcome1welcome1',
    'monkeymonkey',
    'abcabcabc',
  ])('E14: is refused if it is common: %s', (beak) => {
    expect(weaknessOf(beak, 'polly')).toBe('common');
    expect(() => refuseWeakBeak(beak, 'polly')).toThrow(
      expect.objectContaining({ type: 'validation_failed' }),
    );
  });

  it.each([
    ['polly.parrot', 'polly.parrot'],
    ['Polly.Parrot', 'polly.parrot'],
    ['caf\u0065\u0301-parrot', 'caf\u00e9-parrot'],
  ])('E14: is refused if it is the login: %s', (beak, login) => {
    expect(weaknessOf(beak, login)).toBe('login');
  });

  it.each([
    'long and crooked',
    'short-and-grey',
    'pollypollypolly',
    'miamiamia',
    'pippippip',
    'monkeymonkeymonkey',
    'polly.parrot1',
    'a-beak-for-the-tests',
    'abcdefgi',
    'bookkeeper-77',
    'parr0t-p@th-42',
  ])('is accepted otherwise: %s', (beak) => {
    expect(weaknessOf(beak, 'polly.parrot')).toBeNull();
    expect(() => refuseWeakBeak(beak, 'polly.parrot')).not.toThrow();
  });
});
