/** From where the figures can be rebuilt (ADR 44). They are the product, so none of them goes. */
import type { Retention } from '#mixins/retention/retained.ts';

export default {
  rebuildStart: {
    positions: `SELECT stream, (at->>'position')::bigint AS position, (at->>'epoch')::bigint AS epoch
      FROM snapshot CROSS JOIN jsonb_each(positions) AS known (stream, at)`,
  },
} satisfies Retention;
