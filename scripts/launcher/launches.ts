/** The parts of a start that a product's services add: each `services/<name>/launch.client.ts`. */
import { rmSync } from 'node:fs';
import type { Launch, LaunchFiles, Post, ServiceLaunch } from '#mixins/launching.ts';
import type { Config } from '../../config.ts';
import { defaultIn } from '../../product.ts';
import { keptSecret, readIfThere, writeWhole } from './files.ts';
import { sendRequest } from './http-request.ts';

/** Time limit of an answer, in milliseconds. Hashing a secret takes a while on a busy machine. */
const ANSWER_WITHIN_MS = 10_000;

/** Call it before the services start. */
export async function launchesOf(config: Config): Promise<Launch[]> {
  const files = filesIn(config.dataDir);
  const folders = [...config.product.services.values()];
  const declared = await Promise.all(
    folders.map((folder) => defaultIn<ServiceLaunch>(folder, 'launch.client.ts')),
  );
  return declared.flatMap((launch) => launch?.({ config, files }) ?? []);
}

/** Posts to the system at this address. */
export function postTo(address: string, certFile: string | null): Post {
  return (path, body) =>
    sendRequest(`${address}${path}`, { method: 'POST', body, withinMs: ANSWER_WITHIN_MS, certFile });
}

function filesIn(folder: string): LaunchFiles {
  return {
    read: (name) => readIfThere(`${folder}/${name}`),
    write: (name, content) => writeWhole(`${folder}/${name}`, content),
    remove: (name) => rmSync(`${folder}/${name}`, { force: true }),
    secret: (name) => keptSecret(`${folder}/${name}`),
  };
}
