import { describe, expect, it } from '@jest/globals';
import { explain } from './explain.ts';
import { LaunchError } from './launch-error.ts';

const coded = (code: string) => Object.assign(new Error(`${code}: the system's own words`), { code });

describe('an error that ends a launcher', () => {
  it.each(['ENOSPC', 'EDQUOT'])('is reported with a hint if the disk is full (%s)', (code) => {
    expect(explain(coded(code))).toBe(
      `The disk is full (${code}: the system's own words). Free some space, or set DATA_DIR to a folder on another disk.`,
    );
  });

  it('is reported without a stack if it was expected, otherwise with one', () => {
    expect(explain(new LaunchError('Do this'))).toBe('Do this');
    expect(explain(coded('EBADF'))).toMatch(/^Error: EBADF: the system's own words\n\s+at /);
  });
});
