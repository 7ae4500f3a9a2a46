/**
 * Owns: bowls.
 * Publishes: nothing but what operators do to it (FEEDERS).
 * Consumes: PARROTS.
 * Never: gives a parrot two bowls.
 */
import type { Service } from 'moleculer';
import { consumerMixin } from '#mixins/consumer/consumer.mixin.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import { serve } from '#mixins/identity/serve.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import type { ActionItem } from '#schemas/action.ts';
import bowlsAction from '../../schemas/actions/feeders/bowls.ts';
import { parrotsConsumer } from './place-bowls.handler.ts';

export default defineService<Service & DatabaseMethods>({
  name: 'feeders',
  mixins: [
    databaseMixin({ migrations: new URL('./migrations/', import.meta.url) }),
    outboxMixin(),
    consumerMixin(),
  ],
  actions: {
    bowls: serve(bowlsAction, async function () {
      return {
        items: await this.database.rows<ActionItem<typeof bowlsAction>>(
          'SELECT parrot_id AS "parrotId", name FROM bowl ORDER BY name',
        ),
      };
    }),
  },
  // The durable feeders-parrots.
  consumers: { parrots: parrotsConsumer },
});
