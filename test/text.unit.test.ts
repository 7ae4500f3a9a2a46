/**
 * Only `schemas/text.ts` truncates text. The compiler distinguishes slices of text from slices of
 * lists.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallExpression, Node, SourceFile } from 'typescript/unstable/ast';
import { isCallExpression, isPropertyAccessExpression } from 'typescript/unstable/ast/is';
import { API, type Project } from 'typescript/unstable/sync';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const HELPER = 'schemas/text.ts';
const CUTS = new Set(['slice', 'substring', 'substr']);
const OWN_SOURCES = /^(services|mixins|schemas|scripts|products|bench|config\.ts|moleculer\.config\.ts)/;
const TESTS = /\.(test|fixture)\.ts$/;

/**
 * Texts of a known form in which each code point is one unit: digests, digits, and times that a
 * pattern accepted. Also the last characters of a header, which are parsed as addresses, and the
 * first ones of another header, which are compared with a word.
 */
const FIXED_FORMS = [
  /^(hash|createHash)\(/,
  /\.toString\('hex'\)\.slice\(/,
  /\.toISOString\(\)\.slice\(0, DAY_LENGTH\)$/,
  /^value\.slice\(0, DAY_LENGTH\)$/,
  /^text\.slice\((8, 10|0, 10)\)$/,
  /^boot\.slice\(0, 8\)$/,
  /^id\.slice\(0, 13\)$/,
  /^minor\.slice\((-digits|0, minor\.length - digits)\)$/,
  /^authorization\.slice\(0, 7\)$/,
  /^forwardedFor\.slice\(-MAX_HEADER\)$/,
];
/**
 * Cuts at a position that was found in the text, or before a known end of it. They are never within
 * a code point.
 */
const FOUND = /ndexOf\(|\.search\(|^-[\w.]+\.length$|^-'.*'\.length$/;

let api: API;
let project: Project;
let files: { name: string; file: SourceFile }[];

beforeAll(() => {
  api = new API({ cwd: ROOT });
  const snapshot = api.updateSnapshot({ openProjects: [`${ROOT}tsconfig.json`] });
  const found = snapshot.getProjects()[0];
  if (found === undefined) throw new Error('There is no tsconfig.json');
  project = found;
  files = project.program.getSourceFileNames().flatMap((path) => {
    const name = path.replace(ROOT, '');
    const file =
      OWN_SOURCES.test(name) && !TESTS.test(name) ? project.program.getSourceFile(path) : undefined;
    return file === undefined ? [] : [{ name, file }];
  });
});

afterAll(() => api.close());

/** The source of calls that cut a text at a length. */
function truncationsIn(file: SourceFile): string[] {
  const calls: CallExpression[] = [];
  const visit = (node: Node) => {
    if (isCallExpression(node) && isCut(node)) calls.push(node);
    node.forEachChild(visit);
  };
  visit(file);
  return calls
    .map((call) => call.getText().replaceAll(/\s*\n\s*/g, ''))
    .filter((text) => !FIXED_FORMS.some((form) => form.test(text)));
}

function isCut(call: CallExpression): boolean {
  const { expression, arguments: bounds } = call;
  if (!isPropertyAccessExpression(expression) || !CUTS.has(expression.name.text)) return false;
  const type = project.checker.getTypeAtLocation(expression.expression);
  if (type === undefined || !isText(project.checker.typeToString(type))) return false;
  const [start, end] = bounds.map((bound) => bound.getText());
  const bound = end ?? (start?.startsWith('-') === true ? start : undefined);
  return bound !== undefined && !isFound(bound, call.getSourceFile().text);
}

/** `string`, also beside undefined or null, a template, or a union of texts. */
function isText(type: string): boolean {
  return type.split(' | ').every((part) => /^(string|undefined|null|["`].*["`])$/.test(part));
}

/** Whether the bound is a found position, or each of its names was set to one. */
function isFound(bound: string, source: string): boolean {
  if (FOUND.test(bound)) return true;
  const names = bound.replace('Math.max', '').match(/[a-z]\w*/gi) ?? [];
  return names.some((name) => new RegExp(`\\b${name} = [^;]*ndexOf\\(`).test(source));
}

describe('the sources', () => {
  it(`A3: truncate text in ${HELPER} alone, so that no code point is split`, () => {
    expect(files.length).toBeGreaterThan(300);
    const others = files.flatMap(({ name, file }) =>
      name === HELPER ? [] : truncationsIn(file).map((text) => `${name}: ${text}`),
    );
    expect(others).toEqual([]);
  });

  it('A3: truncate text in the helper, which the test sees', () => {
    const helper = files.find(({ name }) => name === HELPER);
    expect(helper === undefined ? [] : truncationsIn(helper.file)).toEqual(['text.slice(0, end)']);
  });
});
