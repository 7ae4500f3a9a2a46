import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadActionContracts, loadComparisons, loadEventContracts, loadProductAnswers } from './load.ts';

describe('a folder of contracts', () => {
  let path: string;
  const folder = () => pathToFileURL(`${path}/`);
  const put = async (file: string, source: string) => {
    await mkdir(`${path}/${file.slice(0, file.lastIndexOf('/'))}`, { recursive: true });
    await writeFile(`${path}/${file}`, source);
  };
  const event = (type: string) => `export const made = { type: '${type}', aggregate: 'x', schema: {} };`;
  const action = (name: string, route: string) =>
    `export default { action: '${name}', route: '${route}', access: 'anyone', params: {} };`;

  beforeEach(async () => {
    // The folder is beside the sources, so that the project's own module rules apply to it.
    path = await mkdtemp(new URL('./.test-contracts-', import.meta.url).pathname);
  });
  afterEach(() => rm(path, { recursive: true }));

  it('may be missing', async () => {
    expect(await loadEventContracts(new URL('nothing/', folder()))).toEqual([]);
    expect(await loadActionContracts(new URL('nothing/', folder()))).toEqual([]);
    expect(await loadComparisons(new URL('nothing/', folder()))).toEqual({ comparisons: [], checks: [] });
  });

  it('gives events whose files are named after their types', async () => {
    await put('schemas/events/x/thing-made.v2.ts', event('x.thing.made.v2'));
    await put('schemas/events/x/dead-letter-redriven.v1.ts', event('x.dead-letter.redriven.v1'));
    expect((await loadEventContracts(folder())).map(({ type }) => type)).toEqual([
      'x.dead-letter.redriven.v1',
      'x.thing.made.v2',
    ]);
  });

  it('gives the events that services get from their mixins', async () => {
    const imported = (mixin: string) => `import { made } from '#mixins/${mixin}/${mixin}.mixin.ts';`;
    await put('services/x/x.service.ts', imported('outbox'));
    await put('services/y/y.service.ts', `${imported('consumer')}\n${imported('outbox')}`);
    await put('services/z/z.service.ts', imported('database'));
    await put('services/z/other.ts', imported('outbox'));
    expect((await loadEventContracts(folder())).map(({ type }) => type)).toEqual([
      'x.intervention.made.v1',
      'y.dead-letter.discarded.v1',
      'y.dead-letter.redriven.v1',
      'y.intervention.made.v1',
    ]);
  });

  it('is refused if an event is in the wrong file, declared twice, or missing', async () => {
    await put('schemas/events/x/thing-made.v1.ts', event('x.thing.made.v2'));
    await expect(loadEventContracts(folder())).rejects.toThrow('x/thing-made.v2.ts');
    await put('schemas/events/x/thing-made.v1.ts', 'export const nothing = 1;');
    await expect(loadEventContracts(folder())).rejects.toThrow();
  });

  it('gives actions whose files are named after them', async () => {
    await put('x/make.ts', action('x.make', 'POST /x'));
    await put('x/make-all.ts', action('x.makeAll', 'POST /x/all'));
    expect((await loadActionContracts(folder())).map(({ action }) => action)).toEqual([
      'x.make',
      'x.makeAll',
    ]);
  });

  it('gives the names of shared answers, whether their rules are an object or its fields', async () => {
    await put('schemas/answers/x.ts', 'export const bigBox = { size: {} }; export const limit = 5;');
    await put('schemas/answers/y.ts', "export const lid = { type: 'object', props: { colour: {} } };");
    const answers = await loadProductAnswers({ roots: [folder()] });
    expect([...answers]).toEqual([
      [{ size: {} }, 'BigBox'],
      [{ colour: {} }, 'Lid'],
    ]);
    await put('schemas/answers/z.ts', 'export const lid = { size: {} };');
    await expect(loadProductAnswers({ roots: [folder()] })).rejects.toThrow('Lid');
  });

  it('is refused if an action is in the wrong file, or has the route of another', async () => {
    await put('x/make.ts', action('x.break', 'POST /x'));
    await expect(loadActionContracts(folder())).rejects.toThrow('x.break');
    await put('y/make.ts', action('y.make', 'POST /x'));
    await put('y/break.ts', action('y.break', 'POST /x'));
    await expect(loadActionContracts(new URL('y/', folder()))).rejects.toThrow();
  });

  it('gives comparisons and checks whose files are named after them', async () => {
    const wing = { name: 'wing_span', left: 'x', right: 'y', noun: '' };
    const checks = { service: 'y', checks: ['feathers'] };
    await put('x/wing-span.ts', `export default ${JSON.stringify(wing)};`);
    await put('y/checks.ts', `export default ${JSON.stringify(checks)};`);
    expect(await loadComparisons(folder())).toEqual({ comparisons: [wing], checks: [checks] });
  });

  it('is refused if a comparison or checks are in the wrong file, or missing', async () => {
    await put('y/wing.ts', `export default { name: 'wing', left: 'x', right: 'y', noun: '' };`);
    await expect(loadComparisons(folder())).rejects.toThrow('x/wing.ts');
    await put('w/eggs.ts', `export default { service: 'y', checks: [] };`);
    await expect(loadComparisons(folder())).rejects.toThrow('y/checks.ts');
    await put('v/nothing.ts', 'export const nothing = 1;');
    await expect(loadComparisons(folder())).rejects.toThrow('v/nothing.ts');
  });
});
