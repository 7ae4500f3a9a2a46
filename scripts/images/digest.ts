/**
 * The digest of an image in its registry. Docker asks for it, because it has the credentials, the
 * mirrors and the proxies of its user.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '#schemas/text.ts';
import { LaunchError } from '../launcher/launch-error.ts';

const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** A registry may be slow, but not silent, in milliseconds. */
const WITHIN_MS = 60_000;

/**
 * The digest of `name:tag`: that of the list of all platforms, where there is one. Throws a
 * LaunchError if Docker cannot find it. `docker` is the command.
 */
export async function digestOf(image: string, docker = 'docker'): Promise<string> {
  const command = ['buildx', 'imagetools', 'inspect', image, '--format', '{{.Manifest.Digest}}'];
  const { stdout } = await promisify(execFile)(docker, command, { timeout: WITHIN_MS }).catch((cause) => {
    throw new LaunchError(`Docker can't find the digest of ${image}: ${messageOf(cause)}`, { cause });
  });
  const digest = stdout.trim();
  if (!DIGEST.test(digest)) throw new LaunchError(`Docker's digest of ${image} is malformed: ${digest}`);
  return digest;
}
