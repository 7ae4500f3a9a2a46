import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LaunchError } from '../launcher/launch-error.ts';
import { digestOf } from './digest.ts';
import { imagesIn, withDigests } from './references.ts';

const OLD = `sha256:${'0'.repeat(64)}`;
const NEW = `sha256:${'a'.repeat(64)}`;

const COMPOSE = `services:
  broker:
    image: nats:2.11-alpine
  mails: # image: not/this:one
    image: axllent/mailpit:v1.26@${OLD}
  node:
    image: ates:local
`;
const DOCKERFILE = 'FROM node:24-slim AS packages\nRUN true\nFROM node:24-slim\n';

describe('a file that names images', () => {
  it('has those of others, without digests, each once', () => {
    expect(imagesIn(COMPOSE)).toEqual(['nats:2.11-alpine', 'axllent/mailpit:v1.26']);
    expect(imagesIn(DOCKERFILE)).toEqual(['node:24-slim']);
  });

  it('gets their digests behind the tags, also in place of old ones', () => {
    const digests = new Map(imagesIn(COMPOSE).map((image) => [image, NEW]));
    const pinned = withDigests(COMPOSE, digests);
    expect(pinned).toBe(
      COMPOSE.replace('2.11-alpine', `2.11-alpine@${NEW}`).replace(`v1.26@${OLD}`, `v1.26@${NEW}`),
    );
    expect(withDigests(pinned, digests)).toBe(pinned);
    expect(imagesIn(pinned)).toEqual(imagesIn(COMPOSE));
    expect(withDigests(DOCKERFILE, new Map([['node:24-slim', NEW]]))).toBe(
      DOCKERFILE.replaceAll('24-slim', `24-slim@${NEW}`),
    );
  });

  it.each(['Dockerfile', 'docker-compose.yml', 'deploy/kubernetes/servers/servers.yaml'])(
    '%s names no image in another form',
    (name) => {
      const text = readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
      const lines = text.match(/^(\s*(- )?image:|FROM)\s.*$/gm) ?? [];
      const pinned = withDigests(text, new Map(imagesIn(text).map((image) => [image, NEW])));
      const without = lines.filter((line) => !line.endsWith(':local') && pinned.includes(`${line}\n`));
      expect(lines.length).toBeGreaterThan(1);
      expect(without).toEqual([]);
    },
  );
});

describe('Docker', () => {
  const folder = mkdtempSync(`${tmpdir()}/images-test-`);
  const docker = `${folder}/docker`;

  beforeAll(() => {
    // Answers like `docker buildx imagetools inspect`, for three images.
    writeFileSync(
      docker,
      `#!/bin/sh
[ "$1 $2 $3 $5 $6" = "buildx imagetools inspect --format {{.Manifest.Digest}}" ] || exit 9
case "$4" in
  nats:2.11-alpine) echo ${NEW} ;;
  old:1) echo '<nil>' ;;
  *) echo "ERROR: $4: not found" >&2; exit 1 ;;
esac
`,
    );
    chmodSync(docker, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is asked for the digest of an image', async () => {
    expect(await digestOf('nats:2.11-alpine', docker)).toBe(NEW);
  });

  it('stops the command if it has none, with its reason', async () => {
    const asked = ['gone:1', 'old:1'].map((image) => digestOf(image, docker));
    const [missing, malformed] = await Promise.allSettled(asked);
    for (const refused of [missing, malformed]) {
      expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(LaunchError) });
    }
    expect(missing).toMatchObject({ reason: { message: expect.stringContaining('gone:1: not found') } });
    expect(malformed).toMatchObject({ reason: { message: expect.stringContaining('<nil>') } });
  });
});
