/**
 * Who is signed in, from memory. Keys, user versions and revoked sessions are read from the bucket
 * at start, and then followed. So a node can start and work while their owner is away (AUTH-7). A
 * change by the owner reaches every node within 5 seconds (AUTH-4). While the broker is away, a
 * node works with its last state.
 */
import type { Bus } from '#mixins/bus/bus.ts';
import { BucketFollower } from '#mixins/bus/follow-bucket.ts';
import type { BucketEntry } from '#mixins/bus/watch-bucket.ts';
import { SILENT } from '#mixins/log.ts';
import { Outage, type OutageLog, throttle } from '#mixins/outage.ts';
import { messageOf } from '#schemas/text.ts';
import type { Config } from '../../config.ts';
import { IDENTITY_BUCKET, type Identity } from './identity.ts';
import { type BucketChange, IdentityKnowledge } from './knowledge.ts';
import { TokenVerifier } from './verifier.ts';

/**
 * The identity view of a node. `config` gives the namespace, which is issuer and audience of the
 * tokens. `log` gets a line when the bucket can't be followed, and when it can again. While
 * `isOwnerAway`, expired tokens are accepted for some hours (AUTH-7).
 */
export function createIdentity(
  config: Pick<Config, 'namespace'>,
  bus: Bus,
  log: OutageLog = SILENT,
  isOwnerAway: () => Promise<boolean> = async () => false,
): Identity {
  const outage = new Outage("The identity bucket can't be followed", log);
  const warn = throttle((text) => log.warn(text));
  const knowledge = new IdentityKnowledge();
  const verifier = new TokenVerifier(config.namespace, knowledge, isOwnerAway);
  const follower = new BucketFollower(bus, IDENTITY_BUCKET, {
    apply: (entry) => knowledge.apply(changeOf(entry)),
    onBegin: (created) => knowledge.beginReading(created),
    onComplete: (last) => knowledge.endReading(last),
    onError: (error) => outage.failed(error),
    onWell: () => outage.over(),
    // Only an entry of a signing key can be bad. Its key is `key.` and at most 64 letters, digits,
    // `-` or `_`.
    onBadEntry: (error, { key }) =>
      warn(`${key} of the identity bucket is skipped: ${messageOf(error)}`, messageOf(error)),
  });
  return {
    start: () => follower.start(),
    stop: () => follower.stop(),
    verify: (token) => verifier.verify(token),
    takeUses: () => verifier.takeUses(),
    learn: (key, value) => knowledge.apply({ key, value: JSON.stringify(value) }),
    publicKeys: () => knowledge.publicKeys(),
  };
}

function changeOf(entry: BucketEntry): BucketChange {
  return {
    key: entry.key,
    value: entry.operation === 'PUT' ? entry.string() : undefined,
    revision: entry.revision,
  };
}
