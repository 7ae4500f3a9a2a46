import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Client } from '../e2e/client.ts';
import { expectExactBooks } from '../faults/books.ts';
import { until } from '../harness/wait.ts';
import { dataFolder, Launcher, processesOf } from './terminal.ts';

const script = (name: string) => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));

/** Moleculer's runner would take these for options of the broker. */
const HOSTILE = { VALIDATOR: 'false', LOGGER: 'false', TRANSPORTER: 'TCP', MOL_REQUEST_TIMEOUT: '1' };

describe('npm start with the real services', () => {
  it('FAIL-5, G25: takes a node more and loses it to kill -9, or with its launcher, and the money is right', async () => {
    const folder = dataFolder();
    try {
      const launcher = await Launcher.ready({
        dataDir: folder.path,
        script: script('up.ts'),
        environment: HOSTILE,
      });
      const beak = /beak: (\S+)/.exec(launcher.readyLine ?? '')?.[1] ?? '';
      const admin = await new Client(`http://127.0.0.1:${launcher.port}/api/v1`).signIn('admin', beak);
      await admin.register('pip', ['developer']);
      await admin.createTask('Task 0');
      const node = await Launcher.start({
        dataDir: folder.path,
        script: script('node.ts'),
        arguments: ['accounting', 'tasks'],
        environment: HOSTILE,
      });
      await until(async () => node.output.includes("Service 'tasks' started"), {
        within: 30_000,
        what: 'the node to be there',
      });
      // Nobody types: it says who is there, and leaves.
      const repl = await Launcher.start({ dataDir: folder.path, script: script('repl.ts') });
      expect(await repl.exit()).toBe(0);
      expect(repl.output).toMatch(/^ates: 2 nodes with accounting, .*tasks$/m);
      const beside = await Launcher.start({
        dataDir: folder.path,
        script: script('node.ts'),
        port: launcher.port,
        arguments: ['gateway'],
      });
      expect(await beside.exit()).toBe(1);
      expect(beside.output).toMatch(
        /^PORT \d+ is taken on 127\.0\.0\.1\..* PORT=\d+ npm run node -- gateway\n$/,
      );
      for (let n = 1; n <= 50; n++) await admin.createTask(`Task ${n}`);
      const services = processesOf(folder.path).filter((pid) => pid !== node.process.pid);
      expect(services.length).toBeGreaterThan(1);
      process.kill(Number(/process (\d+)/.exec(node.output)?.[1]), 'SIGKILL');
      expect(await node.exit()).toBe(1);
      const other = await Launcher.start({
        dataDir: folder.path,
        script: script('node.ts'),
        arguments: ['tasks'],
      });
      const [, started = ''] = await until(() => /process (\d+)/.exec(other.output) ?? undefined);
      other.process.kill('SIGKILL');
      await until(() => !processesOf(folder.path).includes(Number(started)), { what: 'its node to be gone' });
      for (let n = 51; n <= 80; n++) await admin.createTask(`Task ${n}`);
      const books = await expectExactBooks(admin);
      expect(books.lines).toHaveLength(81);
      await launcher.interrupt();
      expect(processesOf(folder.path)).toEqual([]);
    } finally {
      folder.remove();
    }
  }, 120_000);

  it('starts nothing when it is given arguments, which it would not heed', async () => {
    const folder = dataFolder();
    try {
      const launcher = await Launcher.start({
        dataDir: folder.path,
        script: script('up.ts'),
        arguments: ['--port=1'],
      });
      expect(await launcher.exit()).toBe(1);
      expect(launcher.output).toMatch(/^npm start takes no arguments \(--port=1\).*\n$/);
      expect(existsSync(folder.path)).toBe(false);
    } finally {
      folder.remove();
    }
  });

  it('names the services that there are when a node is to run another', async () => {
    const folder = dataFolder();
    try {
      const node = await Launcher.start({
        dataDir: folder.path,
        script: script('node.ts'),
        arguments: ['nobody'],
      });
      expect(await node.exit()).toBe(1);
      expect(node.output).toMatch(/^There is no service nobody\. There are: accounting, .*tasks\.\n$/);
      const none = await Launcher.start({ dataDir: folder.path, script: script('node.ts') });
      expect(await none.exit()).toBe(1);
      expect(none.output).toMatch(/^Which services\? There are: accounting, .*tasks\.\n$/);
    } finally {
      folder.remove();
    }
  });
});
