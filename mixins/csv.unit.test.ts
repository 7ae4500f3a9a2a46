import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvCell, csvLine, csvLines } from './csv.ts';

/** A reader of RFC 4180, as strict as it is short. */
function read(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new Error(`This is no CSV: ${text}`);
    const [, value = '', end] = match;
    row.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('a cell', () => {
  it.each([
    ['plain', 'plain'],
    ['a, b', '"a, b"'],
    ['say "tweet"', '"say ""tweet"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['', ''],
    [null, ''],
    [undefined, ''],
    [true, 'true'],
    [-1500, '-1500'],
    [0, '0'],
    [new Date('2026-03-01T10:00:00.000Z'), '2026-03-01T10:00:00.000Z'],
    [{ a: ['b', 1] }, '"{""a"":[""b"",1]}"'],
    ['Überprüfung 🦜', 'Überprüfung 🦜'],
  ])('with %j is written as %s', (value, text) => {
    expect(csvCell(value)).toBe(text);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠SUM(A1)', '﹦1'])(
    'makes %j inert in spreadsheets',
    (text) => {
      expect(read(`${csvCell(text)}\r\n`)).toEqual([[`'${text}`]]);
    },
  );

  it.each(['\t', '\r', '\n'])('makes a formula behind %j inert', (hiding) => {
    expect(read(`${csvCell(`${hiding}=1`)}\r\n`)).toEqual([[`${hiding}'=1`]]);
  });

  it.each(["'=1", 'a=1', '1-1', 'a; b', 'mia@example.com', 'a, =b', 'a | b', "a;'=1"])(
    'leaves %j as it is',
    (text) => {
      expect(read(`${csvCell(text)}\r\n`)).toEqual([[text]]);
    },
  );

  it.each([
    ['x;=1+1;y', "x;'=1+1;y"],
    ['x\t=1+1\ty', "x\t'=1+1\ty"],
    ['x|@SUM(A1)', "x|'@SUM(A1)"],
    ['x\n-1', "x\n'-1"],
    ['x\r+1', "x\r'+1"],
    ['x؛=1', "x؛'=1"],
    ['x；＝1', "x；'＝1"],
    ['x\u2028=1', "x\u2028'=1"],
    [' =1', " '=1"],
    ['\u00a0\u200b=1', "\u00a0\u200b'=1"],
    ['x; =1', "x; '=1"],
    ['x;"=1+1";y', `x;"'=1+1";y`],
    ['x;;=1;=2', "x;;'=1;'=2"],
    ['=1;=2', "'=1;'=2"],
    ['x;\uFEFF=1', "x;\uFEFF'=1"],
    ['x;\u00AD=1', "x;\u00AD'=1"],
    ['x;\u3164@A1', "x;\u3164'@A1"],
    ['x\t\u2061\u2800=1', "x\t\u2061\u2800'=1"],
    ['x;\u0000=1', "x;\u0000'=1"],
    ['x\u037E=1', "x\u037E'=1"],
    ['x﹔=1', "x﹔'=1"],
    ['x;\u22121+1', "x;'\u22121+1"],
  ])('D9: makes %j inert in spreadsheets of every locale', (text, safe) => {
    expect(read(`${csvCell(text)}\r\n`)).toEqual([[safe]]);
  });

  it('D9: is inert inside an object, too', () => {
    expect(read(`${csvCell({ reason: 'x;=1+1' })}\r\n`)).toEqual([[`{"reason":"x;'=1+1"}`]]);
  });

  it('D9: has no formula behind a separator, whatever is between them', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ',', ';', '|', '"', '\t', '\n', ' ', '=', '-', '@', '＝'),
    });
    fc.assert(
      fc.property(text, (value) => {
        const [[cell = ''] = []] = read(`${csvCell(value)}\r\n`);
        for (const part of [cell, ...cell.split(/[;|\t\n]/)]) expect(part).not.toMatch(/^[\s"]*[=\-@＝]/);
      }),
    );
  });
});

describe('a line', () => {
  it('can be read back unchanged, whatever it contains', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' ', 'ß', ';') });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (values) => {
        expect(read(csvLine(values))).toEqual([values]);
      }),
    );
  });
});

describe('lines of items', () => {
  it('take their columns by path, and leave missing ones empty', () => {
    const items = [
      { id: 1, amount: -5, reference: { title: 'Wash' }, note: '=1' },
      { id: 2, amount: 5, reference: null },
    ];
    expect(csvLines({ items }, ['id', 'amount', 'reference.title', 'note'])).toBe(
      "1,-5,Wash,'=1\r\n2,5,,\r\n",
    );
  });

  it('have a field of the page that the items lack in every line', () => {
    const items = [{ id: 1, name: 'one' }, { id: 2 }];
    expect(csvLines({ unit: 'kg', name: 'all', items }, ['id', 'unit', 'name'])).toBe(
      '1,kg,one\r\n2,kg,all\r\n',
    );
  });

  it('show own fields only', () => {
    expect(csvLines({ items: [{}] }, ['constructor', 'toString.name'])).toBe(',\r\n');
  });
});
