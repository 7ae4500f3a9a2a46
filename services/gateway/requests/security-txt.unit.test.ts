import { expect, it } from '@jest/globals';
import { securityTxt } from './security-txt.ts';

const NOW = new Date('2026-01-01T00:00:00.500Z');
const securityContact = 'mailto:security@popug.example';

it('F20: has contact and expiry, in lines of RFC 9116', () => {
  expect(securityTxt({ securityContact, publicUrl: null }, NOW)).toBe(
    'Contact: mailto:security@popug.example\r\nExpires: 2026-04-01T00:00:00Z\r\nPreferred-Languages: en\r\n',
  );
});

it.each([
  ['https://ates.example/', true],
  ['https://ates.example/behind/a/path', true],
  ['http://ates.example', false],
])('F20: for %s gives its canonical address: %s', (publicUrl, canonical) => {
  const lines = securityTxt({ securityContact, publicUrl }, NOW).split('\r\n');
  expect(lines.includes('Canonical: https://ates.example/.well-known/security.txt')).toBe(canonical);
});
