import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_EXTERNAL_ID_LENGTH, MAX_TITLE_LENGTH, parseTitle } from './title.ts';

const parsed = (title: string, externalId: string | null) => ({ kind: 'parsed', title, externalId });

describe('a title in a request', () => {
  it.each([
    ['[POPUG-123] Wash the cage', parsed('Wash the cage', 'POPUG-123')],
    ['[POPUG-123]Wash the cage', parsed('Wash the cage', 'POPUG-123')],
    ['  [ POPUG-123 ]   Wash the cage ', parsed('Wash the cage', 'POPUG-123')],
    ['[POPUG-123] [urgent] Wash the cage', parsed('[urgent] Wash the cage', 'POPUG-123')],
    ['[POPUG-123] - Wash the cage', parsed('- Wash the cage', 'POPUG-123')],
    ['Wash the cage', parsed('Wash the cage', null)],
    ['Wash the cage [POPUG-123]', parsed('Wash the cage [POPUG-123]', null)],
    ['[POPUG-123 Wash the cage', parsed('[POPUG-123 Wash the cage', null)],
    ['[POPUG-[123]] Wash', parsed('[POPUG-[123]] Wash', null)],
    ['[ ] buy seeds', parsed('[ ] buy seeds', null)],
    ['[]', parsed('[]', null)],
    ['(POPUG-123) Wash', parsed('(POPUG-123) Wash', null)],
    ['🦜 [x]', parsed('🦜 [x]', null)],
  ])('TASK-1: %j', (raw, expected) => {
    expect(parseTitle(raw)).toEqual(expected);
  });

  it.each([
    ['[\u200b] buy seeds', parsed('[\u200b] buy seeds', null)],
    ['[POPUG\u200b] Wash', parsed('Wash', 'POPUG\u200b')],
  ])('D10, TASK-1: %j: a bracket without a visible character is not an id', (raw, expected) => {
    expect(parseTitle(raw)).toEqual(expected);
  });

  it.each(['[POPUG-123] \u200b', '\u3164\u2800', '[POPUG-123]\u2060\ufeff'])(
    'D10, TASK-1: %j is refused, because nothing of it is visible',
    (raw) => {
      expect(parseTitle(raw)).toMatchObject({ kind: 'refused', code: 'string_invisible' });
    },
  );

  it('D10, TASK-1: is measured in code points', () => {
    const longest = '🦜'.repeat(MAX_TITLE_LENGTH);
    const id = '🦜'.repeat(MAX_EXTERNAL_ID_LENGTH);
    expect(parseTitle(`[${id}] ${longest}`)).toEqual(parsed(longest, id));
    expect(parseTitle(`${longest}x`)).toMatchObject({ code: 'string_max' });
    expect(parseTitle(`[${id}y] Wash`)).toMatchObject({ code: 'string_max' });
  });

  it.each(['', '   ', '[POPUG-123]', '[POPUG-123]   '])(
    'TASK-1: %j is refused, because it is empty',
    (raw) => {
      expect(parseTitle(raw)).toMatchObject({ kind: 'refused', code: 'string_invisible' });
    },
  );

  it('TASK-1: is refused with one character too many', () => {
    const longest = 'x'.repeat(MAX_TITLE_LENGTH);
    const id = 'y'.repeat(MAX_EXTERNAL_ID_LENGTH);
    expect(parseTitle(`[${id}] ${longest}`)).toEqual(parsed(longest, id));
    expect(parseTitle(`${longest}x`)).toMatchObject({ kind: 'refused', code: 'string_max' });
    expect(parseTitle(`[${id}y] Wash`)).toMatchObject({ kind: 'refused', code: 'string_max' });
  });

  it('TASK-1: returns the parts of which it was composed', () => {
    const plain = fc.string({ minLength: 1, maxLength: 60 }).map((text) => text.trim());
    const id = plain.filter((text) => text !== '' && !/[[\]]/.test(text));
    fc.assert(
      fc.property(id, plain, (externalId, title) => {
        fc.pre(title !== '');
        expect(parseTitle(`[${externalId}] ${title}`)).toEqual(parsed(title, externalId));
      }),
    );
  });

  it('TASK-1: loses only blanks, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80, unit: fc.constantFrom('[', ']', ' ', 'a', '🦜') }), (raw) => {
        const result = parseTitle(raw);
        if (result.kind === 'refused') return;
        expect(result.title).toBe(result.title.trim());
        const together = result.externalId === null ? result.title : `[${result.externalId}]${result.title}`;
        expect(together.replaceAll(' ', '')).toBe(raw.replaceAll(' ', ''));
      }),
    );
  });
});
