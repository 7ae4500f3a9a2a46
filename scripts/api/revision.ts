/** The description of the API at a revision of the repository. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A description has some hundred kilobytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Runs the code of the revision with the packages that are installed now. Throws for an unknown
 * revision, and for one that can't describe its API.
 */
export async function descriptionAt(revision: string, product: string): Promise<object> {
  const folder = await mkdtemp(join(tmpdir(), 'api-'));
  const tree = join(folder, 'tree');
  try {
    await run('git', ['worktree', 'add', '--detach', tree, revision], { cwd: ROOT });
    await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    const code = `import { descriptionOf } from './scripts/api/description.ts';
process.stdout.write(JSON.stringify(await descriptionOf(${JSON.stringify(product)})));`;
    const options = { cwd: tree, maxBuffer: MAX_BYTES };
    const { stdout } = await run(
      process.execPath,
      ['--input-type=module-typescript', '--eval', code],
      options,
    );
    return JSON.parse(stdout);
  } finally {
    await run('git', ['worktree', 'remove', '--force', tree], { cwd: ROOT }).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
}
