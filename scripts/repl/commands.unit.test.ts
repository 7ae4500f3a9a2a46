import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readConfig } from '../../config.ts';
import { commandsOf } from './commands.ts';

it('every command is in the runbook', async () => {
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  const commands = await commandsOf(readConfig({}).product);
  const names = commands.map(({ command }) => command.split(' ')[0]);
  expect(names.filter((name) => !runbook.includes(`\`${name}`))).toEqual([]);
});

it('no two commands have the same name or place', async () => {
  const commands = await commandsOf(readConfig({}).product);
  const names = commands.flatMap(({ command, alias }) => [command.split(' ')[0], alias ?? []].flat());
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(commands.map(({ place }) => place)).size).toBe(commands.length);
});
