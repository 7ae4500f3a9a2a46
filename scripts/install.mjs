/**
 * Installs what is missing, before `npm start` and similar commands. It is plain JavaScript without
 * dependencies and runs on the machine's own Node (20 or newer), so that it also repairs an
 * incomplete node_modules.
 *
 * `npm ci` runs when node_modules differs from package-lock.json, or when the pinned Node does not
 * run. That Node is an optional package for each platform: the lock file holds its integrity, and
 * no install script downloads it. npm writes `node_modules/.package-lock.json` last, so an
 * installation that was killed counts as missing. If two installations run at once, one waits for
 * the other.
 *
 * Then it builds the pages (`web/dist`) if their sources have changed since the last build. Without
 * the tools to build them (`npm ci --omit=dev`), the system runs without pages.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = 20;

/** The Node that runs everything. npm scripts use it before the machine's own. */
const NODE = `${root}/node_modules/.bin/node`;

/** Builds the pages. It is missing where only the packages of a running system are installed. */
const VITE = `${root}/node_modules/vite/bin/vite.js`;
/** The digest of the sources of the built pages. */
const BUILT = `${root}/web/dist/.built`;
/** The folders that the build of the pages reads. */
const PAGE_SOURCES = ['web', 'clients/typescript/src'];

/** The kept length of a command's output, in characters. Its end explains a failure. */
const KEPT_OUTPUT = 10_000;

/** Pause between two checks whether another installation has ended, in milliseconds. */
const WAIT_MS = 200;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  fail(
    `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE} or newer (https://nodejs.org).`,
  );
}
const productionOnly = ['prestart', 'prenode', 'predemo', 'preprovision'].includes(
  process.env.npm_lifecycle_event ?? '',
);
if (!complete()) await alone(complete, install);
if (!pagesAreBuilt()) await alone(pagesAreBuilt, buildPages);

/** Whether node_modules has the packages of the lock. */
function complete() {
  const wanted = readJson(`${root}/package-lock.json`);
  const present = readJson(`${root}/node_modules/.package-lock.json`);
  if (wanted === null) fail(`${root}/package-lock.json is missing: get a whole copy of the repository.`);
  if (present === null) return false;
  const node = pinnedNode(wanted.packages);
  const missing = Object.entries(wanted.packages).some(
    ([path, { version, optional, devOptional, dev, link }]) => {
      // Most optional packages are for other systems. Tools may have been left out by --omit=dev.
      const needed = path !== '' && !link && !optional && !devOptional && !(dev && productionOnly);
      return (needed || path === node.path) && present.packages[path]?.version !== version;
    },
  );
  // An earlier release's installation lists the package, but its file was fetched elsewhere by a
  // script.
  if (missing || !existsSync(`${root}/${node.path}/${node.file}`)) return false;
  if (!runs(node)) linkNode(node);
  return runs(node);
}

/** The package with Node for this system: there is one for each, and all of them are optional. */
function pinnedNode(packages) {
  const [path, found] =
    Object.entries(packages).find(
      ([, { bin, os, cpu }]) =>
        bin?.node !== undefined &&
        [os].flat().includes(process.platform) &&
        [cpu].flat().includes(process.arch),
    ) ?? [];
  if (found === undefined) {
    fail(`The project brings no Node for ${process.platform}-${process.arch}: start it on another system.`);
  }
  return { path, version: found.version, file: found.bin.node };
}

function runs({ version }) {
  const { status, stdout } = spawnSync(NODE, ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.trim() === `v${version}`;
}

/**
 * npm 10 makes this link. It removes it again with the packages for other systems, whose command
 * has the same name.
 */
function linkNode({ path, file }) {
  mkdirSync(dirname(NODE), { recursive: true });
  rmSync(NODE, { force: true });
  symlinkSync(`../${basename(path)}/${file}`, NODE);
}

/** Works while nobody else does so here, unless another process has done it meanwhile. */
async function alone(isDone, work) {
  const release = await lock();
  try {
    if (!isDone()) await work(release.alsoHeldBy);
  } finally {
    release();
  }
}

async function install(alsoHeldBy) {
  console.log('Installing packages (npm ci); this takes a minute or so ...');
  // From here on the old installation counts as incomplete, also when we are killed.
  rmSync(`${root}/node_modules/.package-lock.json`, { force: true });
  const { code, output } = await npmCi(alsoHeldBy);
  if (code !== 0) fail(`${output.trim()}\n\nnpm ci failed (${code}); what npm said stands above.`);
  if (!complete()) {
    fail(
      'npm ci ended well, but node_modules is not complete. If npm is told to leave out optional packages ' +
        '(`npm config get omit`), let it install them: the Node that runs everything is one.',
    );
  }
}

/** Whether `web/dist` was built from these sources with these packages, or can't be built here. */
function pagesAreBuilt() {
  return !existsSync(VITE) || readText(BUILT) === digestOfPages();
}

/** The digest is written last: pages whose build was killed count as not built. */
async function buildPages(alsoHeldBy) {
  rmSync(BUILT, { force: true });
  const digest = digestOfPages();
  // Vite builds pages for developers under another NODE_ENV.
  const { code, output } = await run(NODE, [VITE, 'build', '-c', 'web/vite.config.ts'], alsoHeldBy, {
    NODE_ENV: 'production',
  });
  if (code !== 0) fail(`${output.trim()}\n\nBuilding the pages failed (${code}); the reason stands above.`);
  writeFileSync(BUILT, digest);
}

/** The digest of all that the build reads, as hexadecimal digits. */
function digestOfPages() {
  const digest = createHash('sha256');
  const add = (path) =>
    digest
      .update(`${path}\0`)
      .update(readFileSync(`${root}/${path}`))
      .update('\0');
  add('package-lock.json');
  for (const folder of PAGE_SOURCES) {
    const names = readdirSync(`${root}/${folder}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.slice(root.length + 1))
      .filter((path) => !path.startsWith('web/dist/'));
    for (const path of names.sort()) add(path);
  }
  return digest.digest('hex');
}

/** Runs `npm ci` with the npm that started us. */
function npmCi(spawned) {
  const npm = process.env.npm_execpath ?? '';
  const [command, before] = /^npm-cli\.c?js$/.test(basename(npm)) ? [process.execPath, [npm]] : ['npm', []];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--no-progress', '--no-update-notifier'];
  return run(command, [...before, 'ci', ...quiet, ...(productionOnly ? [] : ['--include=dev'])], spawned);
}

/** Runs a command to its end. Resolves with its exit code and the end of its output. */
function run(command, args, spawned, variables = {}) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) spawned(child.pid);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: error.message, output }));
    child.once('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

/**
 * Waits until nobody else installs here. Each process writes its own file, looks for others, and
 * withdraws when another is alive. The file also names the npm that we start, which may outlive us.
 */
async function lock() {
  const folder = `${root}/.data`;
  const mine = `${folder}/install.${process.pid}`;
  for (let told = false; ; ) {
    mkdirSync(folder, { recursive: true });
    try {
      writeFileSync(mine, JSON.stringify([idOf(process.pid)]));
    } catch (error) {
      if (error.code === 'ENOENT') continue;
      throw error;
    }
    const other = readdirSync(folder).find((name) => holds(`${folder}/${name}`, mine));
    if (other === undefined) break;
    rmSync(mine, { force: true });
    if (!told) console.log('Waiting for another installation to end ...');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS * (1 + Math.random())));
  }
  const release = () => {
    rmSync(mine, { force: true });
    try {
      rmdirSync(folder);
    } catch {
      // The folder has data, or another process waits.
    }
  };
  release.alsoHeldBy = (pid) => writeFileSync(mine, JSON.stringify([idOf(process.pid), idOf(pid)]));
  process.once('exit', release);
  return release;
}

/** Whether a file in the folder is another process's lock. Removes files of dead processes. */
function holds(path, mine) {
  if (path === mine || !/^install\.\d+$/.test(basename(path))) return false;
  const ids = readJson(path);
  // The file is being written at this moment.
  if (ids === null) return true;
  if (ids.some((id) => idOf(Number(id.split(' ')[0])) === id)) return true;
  rmSync(path, { force: true });
  return false;
}

/**
 * A process by its number and, where /proc exists, its start time, because numbers are reused. Null
 * when it does not run.
 */
function idOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : `${pid} ${fields[19]}`;
  } catch {
    if (process.platform === 'linux') return null;
  }
  try {
    process.kill(pid, 0);
    return String(pid);
  } catch (error) {
    return error.code === 'EPERM' ? String(pid) : null;
  }
}

/** Null when the file is missing. */
function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** Null when the file is missing or only half written. */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
