/**
 * Commands for the signing keys. The running nodes of auth do the work, so ending a command ends no
 * rotation.
 *
 * - `npm run auth -- rotate-keys` changes the key that signs access tokens, without effect on
 *   users. With `--revoke`, tokens that were already issued are refused at once: use it when a key
 *   may have leaked.
 * - `keys` lists the keys and the progress of a rotation.
 *
 * The exit status is 0 when the request is carried out or under way, otherwise 1. It is also 1
 * while the bucket holds a key that auth did not make.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBroker } from 'moleculer';
import { readConfig } from '../config.ts';
import type { KeyView } from '../services/auth/keys/list-keys.query.ts';
import type { Rotation } from '../services/auth/keys/rotate-keys.handler.ts';
import { askService, look } from './launcher/ask.ts';
import { exitWith } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';
import { thisOperator } from './launcher/operator.ts';

/**
 * Time limit until every node has the new keys, in milliseconds. Usually it takes some
 * milliseconds, and longer while auth or NATS restarts.
 */
const KNOWN_WITHIN_MS = 60_000;
/** Pause between two status requests, in milliseconds. */
const LOOK_MS = 200;

const USAGE = `Usage: npm run auth -- rotate-keys [--revoke]
       npm run auth -- keys

rotate-keys lets another key sign access tokens. Users notice nothing.
  --revoke  the old key may have leaked: tokens that it signed are refused at once
keys lists the keys, in auth's tables and in the bucket that all nodes follow.
The system is that of DATA_DIR, or of NATS_URL.
Exit status: 0 done or under way, 1 not done or a foreign key is in the bucket, 2 wrong words.`;

/** Shows each key in auth's tables and in the bucket. All nodes obey the bucket. */
async function showKeys(broker: ServiceBroker): Promise<boolean> {
  const keys = await broker.call<KeyView[]>('auth.operator.keys.list');
  for (const key of keys) console.log(lineOf(key));
  return keys.every(({ state }) => state !== 'foreign');
}

function lineOf({ kid, state, signsFrom, retiredAt, inForce, inBucket }: KeyView): string {
  if (state === 'foreign')
    return `${kid}  FOREIGN    in the bucket only: somebody else wrote it, and nodes believe it`;
  const times = [
    signsFrom === null ? 'signs when it was published' : `signs from ${signsFrom}`,
    ...(retiredAt === null ? [] : [`${state === 'retired' ? 'retired' : 'to be retired'} ${retiredAt}`]),
    ...(inForce ? [] : ['not yet told to all nodes']),
    `in the bucket: ${inBucket}`,
  ];
  return `${kid}  ${state.padEnd('published'.length)}  ${times.join(', ')}`;
}

/**
 * Requests a rotation. Waits until every node that reaches NATS has the new keys, so that a
 * revocation is complete when the command ends.
 */
async function rotate(broker: ServiceBroker, revoke: boolean): Promise<boolean> {
  const rotation = await broker.call<Rotation, object>('auth.operator.keys.rotate', {
    revoke,
    by: thisOperator(),
  });
  const { kid, previousKids, begun } = rotation;
  const others = previousKids.join(', ');
  console.log(begun ? `Key ${kid} was made` : `A rotation is under way: key ${kid} was made before`);
  const told = await untilTold(broker, rotation, revoke);
  if (told === 'foreign') {
    console.log(
      'A key that is not ours is in the identity bucket: tokens of it are believed. `keys` shows it',
    );
    return false;
  }
  if (!told) {
    console.log(
      'Not every node was told yet: NATS must be reached for that. It goes on by itself; `keys` shows it',
    );
    return !revoke;
  }
  if (revoke) {
    console.log(
      `It signs. Tokens of ${others || 'no other key'} are refused; clients refresh theirs, and nobody has to sign in again`,
    );
    return true;
  }
  console.log(
    `It signs from ${told.signsFrom} on; tokens of ${others} hold until they expire, and nobody has to sign in again`,
  );
  return true;
}

/**
 * The new key, once the bucket has it and, after a revocation, no other of ours. `foreign` where a
 * key that is not ours stayed there.
 */
async function untilTold(
  broker: ServiceBroker,
  { kid, previousKids }: Rotation,
  revoke: boolean,
): Promise<KeyView | 'foreign' | undefined> {
  const concerned = new Set(revoke ? [kid, ...previousKids] : [kid]);
  let isForeign = false;
  for (const end = Date.now() + KNOWN_WITHIN_MS; Date.now() < end; await delay(LOOK_MS)) {
    const keys = (await look<KeyView[]>(broker, 'auth.operator.keys.list')) ?? [];
    isForeign = revoke && keys.some(({ state }) => state === 'foreign');
    if (isForeign) continue;
    const told = keys.filter((key) => concerned.has(key.kid) && key.inForce && key.signsFrom !== null);
    if (told.length === concerned.size) return told.find((key) => key.kid === kid);
  }
  return isForeign ? 'foreign' : undefined;
}

const commands = new Map<string, (broker: ServiceBroker) => Promise<boolean>>([
  ['keys', showKeys],
  ['rotate-keys', (broker) => rotate(broker, false)],
  ['rotate-keys --revoke', (broker) => rotate(broker, true)],
]);

async function main(args: readonly string[]): Promise<number> {
  const command = commands.get(args.join(' '));
  if (command === undefined) {
    console.error(USAGE);
    return 2;
  }
  return (await askService(readConfig(process.env), 'auth', command)) ? 0 : 1;
}

answerHelp(USAGE);
await exitWith(main(process.argv.slice(2)));
