/** The REPL at a terminal: types a line, and reads the output until the next prompt. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../config.ts';
import { until } from '../../test/harness/wait.ts';
import { COMPILE_CACHE } from '../compile-cache.mjs';

const SCRIPT = fileURLToPath(new URL('../repl.ts', import.meta.url));
/** Time limit of a command on a busy machine. */
const ANSWER_WITHIN_MS = 20_000;

/** A folder in which nothing was ever started. */
export const NOWHERE = `${tmpdir()}/ates-nothing-here`;

export class Terminal {
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #home = mkdtempSync(`${tmpdir()}/repl-test-`);
  readonly #prompt: string;
  #output = '';

  /**
   * Errors and answers in one stream, in the order of writing. `environment` overrides the
   * configuration.
   */
  constructor(config: Config, environment: NodeJS.ProcessEnv = {}) {
    this.#prompt = `${config.namespace} $ `;
    this.#child = spawn('sh', ['-c', 'exec "$0" "$1" 2>&1', process.execPath, SCRIPT], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        // The session keeps its history there.
        HOME: this.#home,
        NATS_URL: config.natsUrls.join(','),
        DATABASE_URL: config.databaseUrl ?? '',
        NAMESPACE: config.namespace,
        DATA_DIR: NOWHERE,
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    this.#exited = new Promise((resolve) => this.#child.once('close', resolve));
    void this.#exited.then(() => rmSync(this.#home, { recursive: true, force: true }));
  }

  /** Waits for the prompt; returns what was printed before it. */
  async ready(): Promise<string> {
    return await this.#untilPrompt(0);
  }

  /** Types a line; returns what it printed. */
  async type(line: string): Promise<string> {
    const from = this.#output.length;
    this.#child.stdin?.write(`${line}\n`);
    return await this.#untilPrompt(from);
  }

  /** Types the lines at once, then Ctrl-D. Resolves with the exit status and the whole output. */
  async end(...lines: readonly string[]): Promise<{ status: number | null; output: string }> {
    this.#child.stdin?.end(lines.map((line) => `${line}\n`).join(''));
    const status = await this.#exited;
    return { status, output: this.#output };
  }

  /**
   * The output before the next prompt. A line of the log may follow the prompt, as after a short
   * loss of NATS.
   */
  async #untilPrompt(from: number): Promise<string> {
    const end = () => `\n${this.#output.slice(from)}`.indexOf(`\n${this.#prompt}`);
    await until(() => end() >= 0 || this.#child.exitCode !== null, {
      within: ANSWER_WITHIN_MS,
      what: 'the prompt',
    }).catch((cause: unknown) => {
      throw new Error(`No prompt came:\n${this.#output.slice(from)}`, { cause });
    });
    return end() >= 0 ? this.#output.slice(from, from + end()) : this.#output.slice(from);
  }
}

/** Types a command repeatedly until its output matches. Returns that output. */
export function untilTyped(terminal: Terminal, line: string, wanted: RegExp): Promise<string> {
  let last = '';
  return until(
    async () => {
      last = await terminal.type(line);
      return wanted.test(last) && last;
    },
    { within: ANSWER_WITHIN_MS, every: 200, what: `${line} to print ${wanted}` },
  ).catch((cause: unknown) => {
    throw new Error(`${line} printed to the end:\n${last}`, { cause });
  });
}
