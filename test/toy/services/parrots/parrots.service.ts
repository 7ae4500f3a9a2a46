/**
 * Owns: parrots.
 * Publishes: parrots.parrot.hatched (PARROTS).
 * Consumes: nothing.
 * Never: feeds them.
 */
import type { Service, ServiceSchema } from 'moleculer';
import { type DatabaseMethods, databaseMixin } from '../../../../mixins/database/database.mixin.ts';
import type { RequestContext } from '../../../../mixins/identity/identity.ts';
import { causeOf } from '../../../../mixins/identity/request.ts';
import { outboxMixin } from '../../../../mixins/outbox/outbox.mixin.ts';
import type { ActionParams } from '../../../../schemas/action.ts';
import hatchAction from '../../schemas/actions/parrots/hatch.ts';
import { hatchParrot } from './hatch-parrot.handler.ts';

export default {
  name: 'parrots',
  mixins: [databaseMixin({ migrations: new URL('./migrations/', import.meta.url) }), outboxMixin()],
  actions: {
    hatch: {
      ...hatchAction,
      handler(this: Service & DatabaseMethods, ctx: RequestContext<ActionParams<typeof hatchAction>>) {
        return hatchParrot(this.database, ctx.params.name, causeOf(ctx));
      },
    },
  },
} as unknown as ServiceSchema;
