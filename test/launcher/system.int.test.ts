import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Client } from '../e2e/client.ts';
import { expectExactBooks } from '../faults/books.ts';
import { until } from '../harness/wait.ts';
import { dataFolder, Launcher, processesOf } from './terminal.ts';

const script = (name: string) => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));

describe('npm start with the real services', () => {
  it('FAIL-5: takes a node more and loses it to kill -9, and the money is right', async () => {
    const folder = dataFolder();
    try {
      const launcher = await Launcher.ready({ dataDir: folder.path, script: script('up.ts') });
      const beak = /beak: (\S+)/.exec(launcher.readyLine ?? '')?.[1] ?? '';
      const admin = await new Client(`http://127.0.0.1:${launcher.port}/api/v1`).signIn('admin', beak);
      await admin.register('pip', ['developer']);
      await admin.createTask('Task 0');
      const node = await Launcher.start({
        dataDir: folder.path,
        script: script('node.ts'),
        arguments: ['accounting', 'tasks'],
      });
      await until(async () => node.output.includes("Service 'tasks' started"), {
        within: 30_000,
        what: 'the node to be there',
      });
      // Nobody types: it says who is there, and leaves.
      const repl = await Launcher.start({ dataDir: folder.path, script: script('repl.ts') });
      expect(await repl.exit()).toBe(0);
      expect(repl.output).toMatch(/^ates: 2 nodes with accounting, .*tasks$/m);
      for (let n = 1; n <= 50; n++) await admin.createTask(`Task ${n}`);
      const services = processesOf(folder.path).filter((pid) => pid !== node.process.pid);
      expect(services.length).toBeGreaterThan(1);
      process.kill(Number(/process (\d+)/.exec(node.output)?.[1]), 'SIGKILL');
      expect(await node.exit()).toBe(1);
      for (let n = 51; n <= 80; n++) await admin.createTask(`Task ${n}`);
      const books = await expectExactBooks(admin);
      expect(books.lines).toHaveLength(81);
      await launcher.interrupt();
      expect(processesOf(folder.path)).toEqual([]);
    } finally {
      folder.remove();
    }
  }, 120_000);

  it('names the services that there are when a node is to run another', async () => {
    const folder = dataFolder();
    try {
      const node = await Launcher.start({
        dataDir: folder.path,
        script: script('node.ts'),
        arguments: ['nobody'],
      });
      expect(await node.exit()).toBe(1);
      expect(node.output).toMatch(/There is no service nobody\. There are: accounting, .*tasks/);
    } finally {
      folder.remove();
    }
  });
});
