/** History of one person, made through the API: done tasks, and the lines that they leave today. */
import { ask } from './client.ts';
import type { Scene } from './scene.ts';

/** In the titles of the first tasks only. */
export const RARE_WORD = 'hoatzin';
/** Full pages exist before anything grows: a page of 20 open tasks, and one of 20 done ones. */
const FIRST_OPEN = 20;
const FIRST_DONE = 20;
/** Tasks that are made at the same time. */
const AT_ONCE = 16;

export async function makeFirstPages(scene: Scene): Promise<void> {
  for (let n = 0; n < FIRST_OPEN + FIRST_DONE; n++) {
    const id = await create(scene, `[POPUG-2] Feed the ${RARE_WORD}`);
    if (n >= FIRST_OPEN) await complete(scene, id);
  }
}

/** Only `mia` may be assignable: then every task is hers. */
export async function makeDoneTasks(scene: Scene, count: number): Promise<void> {
  let left = count;
  const work = async () => {
    while (left-- > 0) await complete(scene, await create(scene, '[POPUG-1] Wash the cage'));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function create({ system, people }: Scene, title: string): Promise<string> {
  const headers = await people.mia.headers();
  const { body } = await ask<{ id: string }>('POST', `${system.api}/tasks`, headers, { title });
  return body.id;
}

async function complete({ system, people }: Scene, id: string): Promise<void> {
  await ask('POST', `${system.api}/tasks/${id}/complete`, await people.mia.headers(), {});
}
