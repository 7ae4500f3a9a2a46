/**
 * One name everywhere: what a service's streams, buckets, databases, roles and durables are called.
 * Pure.
 */

/** Leaves room for the namespace and `_owner` in PostgreSQL's 63 bytes. */
const MAX_SERVICE_NAME = 36;

/** Stands for operators: in the names of their actions, and of their user of NATS. */
export const OPERATOR_WORD = 'operator';
/** The user of NATS of a node that runs every service. */
const ALL_SERVICES = 'services';

/**
 * Checks the name of a service, which is the name of its folder, and returns it. `-owner` at its
 * end is refused: another service's owner role has that name.
 */
export function checkServiceName(service: string): string {
  const fits = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(service) && service.length <= MAX_SERVICE_NAME;
  if (!fits || service.endsWith('-owner') || service === OPERATOR_WORD || service === ALL_SERVICES) {
    throw new Error(
      `${JSON.stringify(service)} can't be the name of a service: 1 to ${MAX_SERVICE_NAME} lower-case letters and digits, ` +
        `words parted by single dashes, not ending in -owner, and neither ${OPERATOR_WORD} nor ${ALL_SERVICES}`,
    );
  }
  return service;
}

function underscored(service: string): string {
  return checkServiceName(service).replaceAll('-', '_');
}

/** `zoo_PARROTS` */
export function streamName(namespace: string, service: string): string {
  return `${namespace}_${underscored(service).toUpperCase()}`;
}

/** The subject of an event type: `zoo.parrots.parrot.fed.v1` */
export function subjectOf(namespace: string, type: string): string {
  return `${namespace}.${type}`;
}

/** Every subject of a service's stream: `zoo.parrots.>` */
export function subjectsOf(namespace: string, service: string): string {
  return `${namespace}.${checkServiceName(service)}.>`;
}

/** A key-value bucket: `zoo_identity` */
export function bucketName(namespace: string, bucket: string): string {
  return `${namespace}_${bucket}`;
}

/** A service's database: `zoo_parrots` */
export function databaseName(namespace: string, service: string): string {
  return `${namespace}_${underscored(service)}`;
}

/** The role that a service runs as; it owns nothing: `zoo_parrots` */
export function runtimeRole(namespace: string, service: string): string {
  return databaseName(namespace, service);
}

/** The role that owns a service's database and migrates it: `zoo_parrots_owner` */
export function ownerRole(namespace: string, service: string): string {
  return `${databaseName(namespace, service)}_owner`;
}

/** A durable consumer: `keepers-parrots` */
export function durableName(service: string, key: string): string {
  return `${checkServiceName(service)}-${key}`;
}

/**
 * The user of NATS of a node with these services: `zoo_parrots`, `zoo_keepers+parrots`,
 * `zoo_services` where they are `all`.
 */
export function natsServiceUser(
  namespace: string,
  services: readonly string[],
  all: readonly string[],
): string {
  const names = [...new Set(services)].map(checkServiceName).sort();
  const isWhole = names.length > 1 && names.length === all.length;
  return `${namespace}_${isWhole ? ALL_SERVICES : names.join('+')}`;
}

/** The user of NATS of the operators' commands: `zoo_operator` */
export function natsOperatorUser(namespace: string): string {
  return `${namespace}_${OPERATOR_WORD}`;
}

/** The name of an action that only operators call: `parrots.operator.outbox.stats` */
export function operatorActionName(service: string, name: string): string {
  return `${service}.${OPERATOR_WORD}.${name}`;
}
