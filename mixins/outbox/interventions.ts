/** The event that tells of an operator's intervention (AUD-1), in the stream of the service it was made in. */
import { v7 as uuidv7 } from 'uuid';
import type { Cause } from '../../schemas/envelope.ts';
import { type InterventionStep, interventionMadeOf } from '../../schemas/intervention.ts';
import { truncate } from '../../schemas/text.ts';
import type { Tx } from '../database/database.ts';
import { appendEvents } from './append.ts';
import { newEvent } from './event.ts';

/** Longest detail, in code points: an event has its bounds. */
const MAX_DETAIL = 2_000;

export interface Intervention {
  /** Where more than one node may tell of it: the second one fails with a unique violation. Drawn otherwise. */
  readonly id?: string;
  readonly step: InterventionStep;
  readonly target: string;
  readonly detail?: string | undefined;
}

type Contract = ReturnType<typeof interventionMadeOf>;

/** One contract a service: what is known of a contract is known by its identity. */
const contracts = new Map<string, Contract>();

/** Appends the event of an intervention to the outbox of the transaction's service, with what it did. */
export async function tellIntervention(tx: Tx, intervention: Intervention, cause: Cause): Promise<void> {
  const { service } = tx.database;
  let contract = contracts.get(service);
  if (contract === undefined) {
    contract = interventionMadeOf(service);
    contracts.set(service, contract);
  }
  const { id = uuidv7(), step, target, detail } = intervention;
  const data = {
    interventionId: id,
    step,
    target,
    detail: detail === undefined ? null : truncate(detail, MAX_DETAIL),
  };
  await appendEvents(tx, [newEvent(contract, id, 1, data, cause)]);
}
