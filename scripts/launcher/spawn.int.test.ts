import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../test/harness/wait.ts';
import { notedProcess, processOf } from './process.ts';
import { begin } from './spawn.ts';

const STARTER = fileURLToPath(new URL('./spawn.fixture.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/spawn-test-`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const surroundings = { cwd: '/', env: { PATH: process.env.PATH }, output: 'inherit' } as const;
const openNote = () => openSync(`${folder}/note`, 'wx');

describe('a process with a note', () => {
  it('has noted its identity before it runs the program', async () => {
    const script = `cat "${folder}/note" > "${folder}/copy"; exec sleep 60`;
    const { id, child, exited } = await begin('/bin/sh', ['-c', script], surroundings, openNote);
    try {
      await until(() => readFileSync(`${folder}/copy`, 'utf8') !== '');
      expect(notedProcess(readFileSync(`${folder}/copy`, 'utf8'))).toEqual(id);
      expect(processOf(id.pid)).toEqual(id);
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
    expect(processOf(id.pid)).toBeNull();
  });

  it('gets its arguments unchanged, and ends as its program does', async () => {
    const script = 'process.exitCode = process.argv[1] === "a b\\n$HOME \'\\"" ? 7 : 1';
    const args = ['-e', script, 'a b\n$HOME \'"'];
    const { child, exited } = await begin(process.execPath, args, surroundings, openNote);
    await exited;
    expect(child.exitCode).toBe(7);
  });
});

describe('a process whose note does not fit on the disk', () => {
  it('ends without running the program', async () => {
    const log = openSync(`${folder}/log`, 'w');
    const { child, exited } = await begin('touch', [`${folder}/ran`], { ...surroundings, output: log }, () =>
      openSync('/dev/full', 'w'),
    );
    await exited;
    closeSync(log);
    expect(child.exitCode).toBe(1);
    expect(existsSync(`${folder}/ran`)).toBe(false);
    expect(readFileSync(`${folder}/log`, 'utf8')).toContain('error');
  });
});

describe('a process whose starter is killed while it writes its note', () => {
  let pipe: number;
  let starter: ChildProcess;
  /** A full pipe, so that its writer waits. */
  beforeEach(async () => {
    execFileSync('mkfifo', [`${folder}/pipe`]);
    pipe = openSync(`${folder}/pipe`, constants.O_RDWR | constants.O_NONBLOCK);
    expect(() => {
      for (;;) writeSync(pipe, Buffer.alloc(4096));
    }).toThrow('EAGAIN');
    starter = spawn(process.execPath, [STARTER, `${folder}/pipe`, `${folder}/ran`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  });
  afterEach(() => {
    starter.kill('SIGKILL');
    closeSync(pipe);
  });

  async function pidOfStarted(): Promise<number> {
    const [line] = await once(starter.stdout as NodeJS.ReadableStream, 'data');
    return Number(line);
  }

  /** Reads the pipe until the note comes. */
  function readNote(): Promise<string> {
    let read = '';
    return until(() => {
      try {
        const buffer = Buffer.alloc(65_536);
        read += buffer.toString('latin1', 0, readSync(pipe, buffer)).replaceAll('\0', '');
      } catch {
        // The pipe is empty at this moment.
      }
      return read.endsWith('\n') && read;
    });
  }

  it('ends without running the program', async () => {
    const pid = await pidOfStarted();
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    const started = processOf(pid);
    expect(started).not.toBeNull();
    expect(notedProcess(await readNote())).toEqual(started);
    await until(() => processOf(pid) === null);
    expect(existsSync(`${folder}/ran`)).toBe(false);
  });

  it('runs the program if the starter is alive', async () => {
    await pidOfStarted();
    await readNote();
    await until(() => existsSync(`${folder}/ran`));
  });
});
