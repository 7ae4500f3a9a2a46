/** What this project adds to Moleculer's own types: keys of services, and of their actions. */
import type { Model, ModelStatic } from 'sequelize';
import type { Rights } from './mixins/bus/bus.ts';
import type { ConsumerDefinition } from './mixins/consumer/definition.ts';
import type { ActionContract } from './schemas/action.ts';

// Moleculer exports these interfaces from this file; TypeScript merges with no re-exported ones.
declare module './node_modules/moleculer/src/service.js' {
  interface ServiceSchema<TSettings, TMethods, TVars, TThis> {
    /** Events that the service handles, by the keys of their durables (`mixins/consumer`). */
    readonly consumers?: Readonly<Record<string, ConsumerDefinition>>;
    /** What the service's NATS user may do beside that. */
    readonly rights?: Rights;
    /** The model of moleculer-db's adapter, which looks for it here. */
    model?: ModelStatic<Model>;
  }

  /** An action with a contract has all of its fields. */
  interface ActionSchema<TThis> extends Partial<Omit<ActionContract, 'params'>> {
    /** How long a call may take, in milliseconds. Default: as the broker's `requestTimeout`. */
    readonly timeout?: number;
  }
}
