/** The additions to Moleculer's types: keys of services and of their actions. */
import type { Model, ModelStatic } from 'sequelize';
import type { Rights } from './mixins/bus/bus.ts';
import type { ConsumerDefinition } from './mixins/consumer/definition.ts';
import type { ActionContract } from './schemas/action.ts';

// Moleculer defines these interfaces in this file, and TypeScript cannot merge re-exported ones.
declare module './node_modules/moleculer/src/service.js' {
  interface ServiceSchema<TSettings, TMethods, TVars, TThis> {
    /** Events that the service handles, by the keys of their durables (`mixins/consumer`). */
    readonly consumers?: Readonly<Record<string, ConsumerDefinition>>;
    /** Further permissions of the service's NATS user. */
    readonly rights?: Rights;
    /** The model for moleculer-db's adapter, which reads it from here. */
    model?: ModelStatic<Model>;
  }

  /** An action with a contract has its fields (`serve`). */
  interface ActionSchema<TThis> extends Partial<Omit<ActionContract, 'params' | 'answer' | 'problems'>> {
    /** How long a call may take, in milliseconds. Default: as the broker's `requestTimeout`. */
    readonly timeout?: number;
  }
}
