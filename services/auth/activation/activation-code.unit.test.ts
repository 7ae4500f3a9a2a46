import { describe, expect, it } from '@jest/globals';
import { drawCode, hashOfCode } from './activation-code.ts';

describe('a code', () => {
  it('is drawn anew each time, without letters and digits that look alike', () => {
    const codes = Array.from({ length: 100 }, drawCode);
    expect(new Set(codes).size).toBe(100);
    for (const code of codes) expect(code).toMatch(/^[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}$/);
  });

  it('is the same with capitals and blanks, and without dashes', () => {
    const code = drawCode();
    for (const typed of [
      code.toUpperCase(),
      ` ${code} `,
      code.replaceAll('-', ''),
      code.replaceAll('-', ' '),
    ]) {
      expect(hashOfCode(typed)).toEqual(hashOfCode(code));
    }
    expect(hashOfCode(drawCode())).not.toEqual(hashOfCode(code));
  });
});
