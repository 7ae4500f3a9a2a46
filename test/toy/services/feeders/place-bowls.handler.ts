import { type Delivery, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { parrotHatched } from '../../schemas/events/parrots/parrot-hatched.v1.ts';

async function placeBowls(batch: readonly Delivery<typeof parrotHatched>[], tx: Tx): Promise<void> {
  await tx.run(
    'INSERT INTO bowl SELECT * FROM unnest($1::uuid[], $2::text[]) ORDER BY 1 ON CONFLICT DO NOTHING',
    [batch.map(({ data }) => data.parrotId), batch.map(({ data }) => data.name)],
  );
}

export const parrotsConsumer = defineConsumer({
  stream: 'parrots',
  order: 'keyed',
  reads: [parrotHatched],
  handle: placeBowls,
});
