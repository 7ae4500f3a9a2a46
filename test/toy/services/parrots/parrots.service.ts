/**
 * Owns: parrots.
 * Publishes: parrots.parrot.hatched (PARROTS).
 * Consumes: nothing.
 * Never: feeds them.
 */
import type { Service } from 'moleculer';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import { causeOf } from '#mixins/identity/request.ts';
import { serve } from '#mixins/identity/serve.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import hatchAction from '../../schemas/actions/parrots/hatch.ts';
import { hatchParrot } from './hatch-parrot.handler.ts';

export default defineService<Service & DatabaseMethods>({
  name: 'parrots',
  mixins: [databaseMixin({ migrations: new URL('./migrations/', import.meta.url) }), outboxMixin()],
  actions: {
    hatch: serve(hatchAction, function (ctx) {
      return hatchParrot(this.database, ctx.params.name, causeOf(ctx));
    }),
  },
});
