/**
 * The permissions of users of NATS, generated from the facts of services. They are allow-lists. The
 * exception is replays, whose durables have changing names: there, other users' durables are
 * denied. Pure. Needs nothing newer than nats-server 2.9.10.
 */
import { STREAMS_BUCKET } from '#mixins/bus/epochs.ts';
import { inboxPrefixOf } from '#mixins/bus/nats-user.ts';
import { SCHEMAS_BUCKET } from '#mixins/bus/schema-registry.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { REFRESHABLE_ACTION } from '#mixins/identity/owner-watch.ts';
import { bucketName, operatorActionName, streamName, subjectOf, subjectsOf } from '#mixins/names.ts';
import { serviceOf } from '#schemas/event.ts';
import type { ServiceFacts } from './service-facts.ts';

/** Subjects, possibly with wildcards. */
export interface Permissions {
  readonly publish: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
}

const API = '$JS.API';

/** For a node that runs these services, among `all` services of the system. */
export function servicePermissions(
  namespace: string,
  user: string,
  members: readonly ServiceFacts[],
  all: readonly ServiceFacts[],
): Permissions {
  const serves = members.filter((member) => member.serves);
  const replays = [...new Set(members.flatMap(({ rights }) => rights.replays))];
  return sorted({
    publish: {
      allow: [
        ...cluster(namespace).publish,
        ...(serves.length > 0 ? [`${cluster(namespace).prefix}.RES.*.*`] : []),
        ...members.flatMap((member) => service(namespace, member)),
        ...replays.flatMap((stream) => anyDurable(namespace, stream)),
      ],
      deny: replays.flatMap((stream) => othersDurables(namespace, stream, all, members)),
    },
    subscribe: {
      allow: [
        ...cluster(namespace).subscribe(user),
        ...serves.map(({ name }) => `${cluster(namespace).prefix}.REQ.${name}.${user}.*.>`),
      ],
    },
  });
}

/** For operators: all services' actions for operators, and the reads of their commands. */
export function operatorPermissions(
  namespace: string,
  user: string,
  all: readonly ServiceFacts[],
): Permissions {
  const { publish, subscribe } = cluster(namespace);
  const streams = all.filter(({ rights }) => rights.operatorsRead).map(({ name }) => name);
  return sorted({
    publish: {
      allow: [
        ...publish,
        ...calls(namespace, operatorActionName('*', '>')),
        ...follow(namespace, IDENTITY_BUCKET),
        ...read(namespace, SCHEMAS_BUCKET),
        ...streams.flatMap((stream) => ephemerals(namespace, stream)),
      ],
      deny: streams.flatMap((stream) => othersDurables(namespace, stream, all, [])),
    },
    subscribe: { allow: subscribe(user) },
  });
}

/** Moleculer's own subjects: each node announces itself to the others, and answers requests. */
function cluster(namespace: string) {
  const prefix = `MOL-${namespace}`;
  const broadcast = ['DISCOVER', 'INFO', 'HEARTBEAT', 'DISCONNECT', 'PING'].map(
    (each) => `${prefix}.${each}`,
  );
  return {
    prefix,
    publish: [
      ...broadcast,
      // The id of a node is its user and a unique word.
      ...['DISCOVER', 'INFO', 'PING', 'PONG'].map((each) => `${prefix}.${each}.*.*`),
      `${API}.INFO`,
      // The number of replicas that the cluster keeps.
      ...read(namespace, STREAMS_BUCKET),
    ],
    subscribe: (user: string) => [
      ...broadcast,
      ...['DISCOVER', 'INFO', 'PING', 'PONG', 'RES'].map((each) => `${prefix}.${each}.${user}.*`),
      `${inboxPrefixOf(user)}.>`,
    ],
  };
}

function service(namespace: string, facts: ServiceFacts): string[] {
  const { name, publishes, consumers, rights } = facts;
  const buckets = new Set(rights.buckets);
  return [
    ...rights.calls.flatMap((action) => calls(namespace, action)),
    ...(publishes ? publisher(namespace, name) : []),
    ...rights.requests.flatMap(({ type }) => requester(namespace, type)),
    ...consumers.flatMap((consumer) => reader(namespace, consumer)),
    ...(publishes || consumers.length > 0 ? follow(namespace, STREAMS_BUCKET) : []),
    ...(publishes || consumers.length > 0 ? read(namespace, SCHEMAS_BUCKET) : []),
    ...follow(namespace, IDENTITY_BUCKET),
    ...calls(namespace, `*.${REFRESHABLE_ACTION}`),
    ...[...buckets].flatMap((bucket) => own(namespace, bucket)),
  ];
}

/** Calls to a node that serves the action: its id is two words behind the service. */
function calls(namespace: string, action: string): string[] {
  const [service = '', ...words] = action.split('.');
  return [[cluster(namespace).prefix, 'REQ', service, '*', '*', ...words].join('.')];
}

/** An outbox: its stream, the schemas of its events, and the epoch of its stream. */
function publisher(namespace: string, name: string): string[] {
  return [
    subjectsOf(namespace, name),
    ...looksInto(streamName(namespace, name)),
    `${API}.STREAM.CREATE.${streamName(namespace, name)}`,
    `${keysOf(namespace, SCHEMAS_BUCKET)}.*`,
    `${API}.STREAM.CREATE.${bucketStream(namespace, SCHEMAS_BUCKET)}`,
    `${keysOf(namespace, STREAMS_BUCKET)}.${name}`,
    `${API}.STREAM.CREATE.${bucketStream(namespace, STREAMS_BUCKET)}`,
  ];
}

/** An outbox that also appends requests to another service's stream. */
function requester(namespace: string, type: string): string[] {
  const owner = serviceOf(type);
  return [
    subjectOf(namespace, type),
    ...looksInto(streamName(namespace, owner)),
    `${keysOf(namespace, STREAMS_BUCKET)}.${owner}`,
  ];
}

/** A consumer makes, reads, acknowledges and deletes its own durable. */
function reader(namespace: string, { durable, stream, type }: ServiceFacts['consumers'][number]): string[] {
  const name = streamName(namespace, stream);
  const create = `${API}.CONSUMER.CREATE.${name}.${durable}`;
  return [
    `${API}.STREAM.INFO.${name}`,
    type === undefined ? create : `${create}.${subjectOf(namespace, type)}`,
    `${API}.CONSUMER.INFO.${name}.${durable}`,
    `${API}.CONSUMER.DELETE.${name}.${durable}`,
    `${API}.CONSUMER.MSG.NEXT.${name}.${durable}`,
    `$JS.ACK.${name}.${durable}.>`,
  ];
}

function anyDurable(namespace: string, stream: string): string[] {
  const name = streamName(namespace, stream);
  return [
    `${API}.CONSUMER.CREATE.${name}.*`,
    `${API}.CONSUMER.CREATE.${name}.*.${subjectsOf(namespace, stream)}`,
    `${API}.CONSUMER.INFO.${name}.*`,
    `${API}.CONSUMER.DELETE.${name}.*`,
    `${API}.CONSUMER.MSG.NEXT.${name}.*`,
    `$JS.ACK.${name}.*.>`,
  ];
}

/** As `anyDurable`, but nothing that stays: a consumer without a name. */
function ephemerals(namespace: string, stream: string): string[] {
  return [
    `${API}.CONSUMER.CREATE.${streamName(namespace, stream)}`,
    ...anyDurable(namespace, stream).filter((subject) => !subject.includes('.CREATE.')),
  ];
}

function othersDurables(
  namespace: string,
  stream: string,
  all: readonly ServiceFacts[],
  members: readonly ServiceFacts[],
): string[] {
  const name = streamName(namespace, stream);
  const ours = new Set(members.map((member) => member.name));
  return all
    .filter((each) => !ours.has(each.name))
    .flatMap((each) => each.consumers.filter((consumer) => consumer.stream === stream))
    .flatMap(({ durable }) => [
      `${API}.CONSUMER.*.${name}.${durable}`,
      `${API}.CONSUMER.CREATE.${name}.${durable}.>`,
      `${API}.CONSUMER.MSG.NEXT.${name}.${durable}`,
      `$JS.ACK.${name}.${durable}.>`,
    ]);
}

/** Reads single messages, so that the relay can check that its events are still there. */
function looksInto(stream: string): string[] {
  return [`${API}.STREAM.INFO.${stream}`, `${API}.STREAM.MSG.GET.${stream}`];
}

function read(namespace: string, bucket: string): string[] {
  return looksInto(bucketStream(namespace, bucket));
}

/** A watch is an ordered consumer with flow control. */
function follow(namespace: string, bucket: string): string[] {
  const stream = bucketStream(namespace, bucket);
  return [
    ...read(namespace, bucket),
    `${API}.CONSUMER.CREATE.${stream}.*.${keysOf(namespace, bucket)}.>`,
    `$JS.FC.${stream}.>`,
  ];
}

/** The only writer of a bucket also makes it, and removes expired entries. */
function own(namespace: string, bucket: string): string[] {
  const stream = bucketStream(namespace, bucket);
  return [
    `${keysOf(namespace, bucket)}.>`,
    `${API}.STREAM.CREATE.${stream}`,
    `${API}.STREAM.PURGE.${stream}`,
  ];
}

function keysOf(namespace: string, bucket: string): string {
  return `$KV.${bucketName(namespace, bucket)}`;
}

function bucketStream(namespace: string, bucket: string): string {
  return `KV_${bucketName(namespace, bucket)}`;
}

function sorted({ publish, subscribe }: Permissions): Permissions {
  const once = (subjects: readonly string[]) => [...new Set(subjects)].sort();
  return {
    publish: { allow: once(publish.allow), deny: once(publish.deny) },
    subscribe: { allow: once(subscribe.allow) },
  };
}
