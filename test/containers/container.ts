/**
 * A container of docker-compose.yml as a plain process, with the same command, variables and files.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ComposeService } from './compose.ts';
import type { Image } from './image.ts';

export interface Surroundings {
  readonly image: Image;
  /** The folder with the image's files. */
  readonly files: string;
  /** A folder for this container alone, in place of its file system. */
  readonly own: string;
  /** The URL of the test's server in place of the host of this name. */
  readonly hosts: Readonly<Record<string, string>>;
}

/** The same URL on the test's server, where the superuser has another password. */
function moved(url: URL, server: URL): string {
  const there = new URL(url);
  there.host = server.host;
  if (url.username === server.username) there.password = server.password;
  return there.href;
}

export class Container {
  readonly #surroundings: Surroundings;
  readonly #service: ComposeService;
  readonly #child: ChildProcess;
  output = '';

  /** Starts it. */
  constructor(service: ComposeService, surroundings: Surroundings) {
    this.#service = service;
    this.#surroundings = surroundings;
    mkdirSync(`${surroundings.own}/tmp`, { recursive: true });
    const command = [...(service.entrypoint ?? surroundings.image.entrypoint), ...(service.command ?? [])];
    this.#child = this.#run(command, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
  }

  /** Runs its health check as Docker does. */
  async health(): Promise<{ readonly code: number | null; readonly said: string }> {
    const [, ...own] = this.#service.healthcheck?.test ?? [];
    const command = own.length > 0 ? own : this.#surroundings.image.health;
    const child = this.#run(command, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const said = child.stdout === null ? '' : await text(child.stdout);
    const [code] = await ended;
    return { code, said };
  }

  /** Ends it as `docker compose stop` does. Returns its exit code, or null if a signal ended it. */
  async stop(): Promise<number | null> {
    await this.#end('SIGTERM');
    return this.#child.exitCode;
  }

  /** Waits until it ends by itself. Returns its exit code. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }

  #run([file = '', ...parameters]: readonly string[], options: SpawnOptions): ChildProcess {
    const { image, files } = this.#surroundings;
    const environment = Object.entries({ ...image.environment, ...this.#service.environment });
    return spawn(file === 'node' ? process.execPath : file, parameters.map(this.#translated), {
      cwd: files,
      env: {
        // Not in the image: they start in half the time.
        NODE_COMPILE_CACHE: `${dirname(files)}/compile-cache`,
        ...Object.fromEntries(environment.map(([name, value]) => [name, this.#translated(value)])),
      },
      ...options,
    });
  }

  /**
   * What means something else inside of a container: other hosts, its own /tmp, and ports that are
   * published under another number.
   */
  readonly #translated = (value: string): string => {
    const { hosts, own } = this.#surroundings;
    const url = URL.parse(value);
    const host = hosts[url?.hostname ?? ''];
    if (url !== null && host !== undefined)
      return url.pathname.length > 1 || url.username !== '' ? moved(url, new URL(host)) : host;
    let translated = value.replace(/^\/tmp\//, `${own}/tmp/`);
    for (const published of this.#service.ports ?? []) {
      const [address = '', outside = '', inside = ''] = published.split(':');
      if (translated === '0.0.0.0') translated = address;
      else if (translated === inside) translated = outside;
      else translated = translated.replace(`//${address}:${inside}/`, `//${address}:${outside}/`);
    }
    return translated;
  };
}
