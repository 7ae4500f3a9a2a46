/** The event contracts that services get from their mixins. No service declares them. */
import { readdir, readFile } from 'node:fs/promises';
import { deadLetterDiscardedOf, deadLetterRedrivenOf } from './dead-letter.ts';
import type { EventContract } from './event.ts';
import { interventionMadeOf } from './intervention.ts';

/**
 * The event contracts of the mixins that the service files in this folder import; none without such
 * a folder. The files are read, not imported, because a node must not run code of other services.
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

/** Returns a rejection handler that replaces a missing file or folder by `nothing`. */
const orNothing =
  <Value>(nothing: Value) =>
  (error: NodeJS.ErrnoException): Value => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return nothing;
    throw error;
  };
