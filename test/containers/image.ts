/** The image of the Dockerfile: the command of its containers, and their files. */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Image {
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  /** The command of the health check. */
  readonly health: readonly string[];
  /** Its base images. */
  readonly bases: readonly string[];
  /** Folders of packages that its build deletes. */
  readonly removed: readonly string[];
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

function instructions(): Instruction[] {
  const lines = readFileSync(`${ROOT}Dockerfile`, 'utf8').split('\n');
  return lines
    .filter((line) => /^[A-Z]+ /.test(line))
    .map((line) => ({ name: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }));
}

export function readImage(): Image {
  const all = instructions();
  const stage = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
  const last = (wanted: string) => stage.findLast(({ name }) => name === wanted)?.rest;
  const environment = stage
    .filter(({ name }) => name === 'ENV')
    .flatMap(({ rest }) => rest.split(' ').map((pair) => pair.split('=', 2) as [string, string]));
  const runs = all.filter(({ name }) => name === 'RUN').map(({ rest }) => rest);
  return {
    entrypoint: JSON.parse(last('ENTRYPOINT') ?? '[]'),
    environment: Object.fromEntries(environment),
    user: last('USER'),
    health: JSON.parse(/CMD (\[.*\])$/.exec(last('HEALTHCHECK') ?? '')?.[1] ?? '[]'),
    bases: all.filter(({ name }) => name === 'FROM').map(({ rest }) => rest.replace(/ AS .*/, '')),
    removed: runs.flatMap((run) => /rm -rf (.*)/.exec(run)?.[1]?.split(' ') ?? []),
  };
}

/**
 * Writes the files of the image to a folder: those that .dockerignore does not exclude, and
 * packages as `npm ci --omit=dev` installs them.
 */
export function layOut(image: Image, folder: string): void {
  const ignored = readFileSync(`${ROOT}.dockerignore`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  copyInto(folder, '', ignored);
  for (const path of packages()) {
    if (image.removed.some((removed) => path === removed || path.startsWith(`${removed}/`))) continue;
    mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    symlinkSync(`${ROOT}${path}`, `${folder}/${path}`);
  }
}

function copyInto(folder: string, path: string, ignored: readonly string[]): void {
  for (const entry of readdirSync(`${ROOT}${path}`, { withFileTypes: true })) {
    const inside = `${path}${entry.name}`;
    if (ignored.some((pattern) => matchesGlob(inside, pattern))) continue;
    if (entry.isDirectory()) copyInto(folder, `${inside}/`, ignored);
    else cpSync(`${ROOT}${inside}`, `${folder}/${inside}`);
  }
}

/**
 * The folders of production packages that project code may import. They find their own dependencies
 * beside themselves.
 */
function packages(): string[] {
  const lock = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !dev)
    .map(([path]) => path)
    .filter((path) => statSync(`${ROOT}${path}`, { throwIfNoEntry: false }) !== undefined);
}
