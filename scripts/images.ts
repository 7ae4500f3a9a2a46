/**
 * `npm run images -- pin` writes the digest of each image of others behind its tag, wherever a
 * deployment names one. A tag can be moved to another image; a digest cannot. Run it at each
 * release, and whenever a tag is raised. It needs Docker with buildx, and writes all files or none.
 * `npm run images -- list` prints the images.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { digestOf } from './images/digest.ts';
import { imagesIn, withDigests } from './images/references.ts';
import { exitWith } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';

/** The files that name images. */
const FILES = ['Dockerfile', 'docker-compose.yml', 'deploy/kubernetes/servers/servers.yaml'].map((name) => ({
  name,
  url: new URL(`../${name}`, import.meta.url),
}));

const USAGE = `Usage: npm run images -- pin | list

pin   writes the digest of each image of others behind its tag; it needs Docker with buildx
list  prints the images`;

answerHelp(USAGE);
const texts = FILES.map((file) => ({ ...file, text: readFileSync(file.url, 'utf8') }));
const images = [...new Set(texts.flatMap(({ text }) => imagesIn(text)))].sort();

async function pin(): Promise<number> {
  const digests = new Map<string, string>();
  for (const image of images) {
    const digest = await digestOf(image);
    console.log(`${image}@${digest}`);
    digests.set(image, digest);
  }
  for (const { name, url, text } of texts) {
    const pinned = withDigests(text, digests);
    if (pinned === text) continue;
    writeFileSync(url, pinned);
    console.log(`${name} is changed`);
  }
  return 0;
}

async function main(options: readonly string[]): Promise<number> {
  const [command] = options;
  if (options.length !== 1 || (command !== 'pin' && command !== 'list')) {
    console.error(USAGE);
    return 2;
  }
  if (command === 'pin') return pin();
  for (const image of images) console.log(image);
  return 0;
}

await exitWith(main(process.argv.slice(2)));
