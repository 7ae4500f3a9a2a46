/**
 * Owns: parrots.
 * Publishes: parrots.parrot.hatched (PARROTS).
 * Consumes: nothing.
 * Never: feeds them.
 */
import type { Service } from 'moleculer';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import type { ContextOf } from '#mixins/identity/identity.ts';
import { causeOf } from '#mixins/identity/request.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import hatchAction from '../../schemas/actions/parrots/hatch.ts';
import { hatchParrot } from './hatch-parrot.handler.ts';

export default defineService<Service & DatabaseMethods>({
  name: 'parrots',
  mixins: [databaseMixin({ migrations: new URL('./migrations/', import.meta.url) }), outboxMixin()],
  actions: {
    hatch: {
      ...hatchAction,
      handler(ctx: ContextOf<typeof hatchAction>) {
        return hatchParrot(this.database, ctx.params.name, causeOf(ctx));
      },
    },
  },
});
