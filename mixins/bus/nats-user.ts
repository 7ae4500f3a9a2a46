/** The NATS user of a node. Its name is part of the node's id and of its inboxes. Pure. */

import { OPERATOR_WORD } from '#mixins/names.ts';
import type { Config } from '../../config.ts';
import { ConfigError } from '../../settings.ts';

/** Used where the URL names no user, as for a NATS that asks for none. */
const NOBODY = 'node';

/**
 * The user's name as one word of a subject. Other characters than letters, digits, dashes,
 * underscores and plus signs become dashes.
 */
export function natsUserOf({ natsUrls }: Pick<Config, 'natsUrls'>): string {
  const name = decodeURIComponent(URL.parse(natsUrls[0] ?? '')?.username ?? '');
  return name.replaceAll(/[^A-Za-z0-9_+-]/g, '-') || NOBODY;
}

/**
 * Every user has its own inboxes. A user that could subscribe to another's would read the answers
 * to it.
 */
export function inboxPrefixOf(user: string): string {
  return `_INBOX_${user}`;
}

type Urls = Pick<Config, 'natsUrls' | 'serviceNatsUrls'>;

/**
 * The configuration of a node with these services. `<SERVICE>_NATS_URL` names a service's user and
 * replaces `natsUrls`. Throws `ConfigError` where the services name different users, because a node
 * has one connection for all its calls.
 */
export function withUserOf<C extends Urls>(config: C, services: readonly string[]): C {
  const named = services.flatMap((service) => {
    const urls = config.serviceNatsUrls[service];
    return urls === undefined ? [] : [{ service, urls }];
  });
  const [first] = named;
  if (first === undefined) return config;
  const other =
    services.find((service) => config.serviceNatsUrls[service] === undefined) ??
    named.find(({ urls }) => urls.join() !== first.urls.join())?.service;
  if (other !== undefined) {
    throw new ConfigError(
      variableOf(other),
      config.serviceNatsUrls[other] === undefined ? '' : '***',
      `that of ${variableOf(first.service)}, as both services are in one process. The user of both: ` +
        `npm run nats -- permissions ${services.join(' ')}`,
    );
  }
  return { ...config, natsUrls: first.urls };
}

/** The configuration of an operator's command. `OPERATOR_NATS_URL` names its user, if set. */
export function withOperatorUser<C extends Urls>(config: C): C {
  return withUserOf(config, [OPERATOR_WORD]);
}

/**
 * Whether a node with these services connects as the user of `NATS_URL`, which may do more than
 * they need.
 */
export function hasSharedUser(config: Urls, services: readonly string[]): boolean {
  return services.length > 0 && services.every((service) => config.serviceNatsUrls[service] === undefined);
}

/** `MAIL_BOX_NATS_URL` of `mail-box` */
export function variableOf(service: string): string {
  return `${service.replaceAll('-', '_').toUpperCase()}_NATS_URL`;
}
