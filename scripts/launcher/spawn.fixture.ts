/**
 * Starts `touch <file>` with a note (spawn.ts) and lives on until it is killed: `node
 * spawn.fixture.ts <note> <file>`.
 */
import { openSync } from 'node:fs';
import { begin } from './spawn.ts';

const [note = '', file = ''] = process.argv.slice(2);
const { id } = await begin(
  'touch',
  [file],
  { cwd: '/', env: { PATH: process.env.PATH }, output: 'inherit' },
  () => openSync(note, 'w'),
);
console.log(id.pid);
setInterval(() => undefined, 60_000);
