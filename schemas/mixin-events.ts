/** The events that services have for what their mixins do. No service declares them. */
import { readdir, readFile } from 'node:fs/promises';
import { deadLetterDiscardedOf, deadLetterRedrivenOf } from './dead-letter.ts';
import type { EventContract } from './event.ts';
import { interventionMadeOf } from './intervention.ts';

/**
 * By the mixins that the service files below this folder import; none where there is no such folder.
 * The files are read, not imported: a node runs no code of services that are not its own.
 */
export async function mixinEventsIn(services: URL): Promise<EventContract[]> {
  const names = await readdir(services).catch(orNothing([]));
  const events = await Promise.all(
    names.map(async (name): Promise<EventContract[]> => {
      const file = new URL(`${name}/${name}.service.ts`, services);
      const source = await readFile(file, 'utf8').catch(orNothing(''));
      const takes = (mixin: string) => source.includes(`'#mixins/${mixin}/${mixin}.mixin.ts'`);
      return [
        ...(takes('outbox') ? [interventionMadeOf(name)] : []),
        ...(takes('consumer') ? [deadLetterDiscardedOf(name), deadLetterRedrivenOf(name)] : []),
      ];
    }),
  );
  return events.flat();
}

/** A rejection handler that takes a missing file or folder for `nothing`. */
const orNothing =
  <Value>(nothing: Value) =>
  (error: NodeJS.ErrnoException): Value => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return nothing;
    throw error;
  };
