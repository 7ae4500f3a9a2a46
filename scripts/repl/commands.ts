/** The operators' commands. */
import type { Command } from '#mixins/repl/command.ts';
import { modulesIn } from '#schemas/modules.ts';
import type { Product } from '../../product.ts';

/**
 * The commands of a product, in the order of `help`. The folder here has those of all services, and
 * `services/<name>/commands/` those of one service.
 */
export async function commandsOf({ services }: Product): Promise<Command[]> {
  const folders = [import.meta.url, ...services.values()].map((folder) => new URL('commands/', folder));
  const found = await Promise.all(folders.map(modulesIn));
  return found
    .flatMap((modules) => [...modules.values()])
    .flatMap((module) => Object.values(module).filter(isCommand))
    .sort((a, b) => a.place - b.place);
}

function isCommand(value: unknown): value is Command {
  return typeof value === 'object' && value !== null && 'command' in value && 'run' in value;
}
