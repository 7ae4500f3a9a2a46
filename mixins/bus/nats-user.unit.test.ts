import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../config.ts';
import { ConfigError } from '../../settings.ts';
import { hasSharedUser, inboxPrefixOf, natsUserOf, variableOf, withUserOf } from './nats-user.ts';

const SHARED = 'nats://zoo:secret@127.0.0.1:4222';
const PARROTS = 'nats://zoo_parrots:secret@127.0.0.1:4222';
const COURIERS = 'nats://zoo_couriers:secret@127.0.0.1:4222';

describe('A node with one service', () => {
  it('F18: connects as the user of its own variable, otherwise as the user of NATS_URL', () => {
    const config = readConfig({ NATS_URL: SHARED, PARROTS_NATS_URL: PARROTS });
    expect(withUserOf(config, ['parrots']).natsUrls).toEqual([PARROTS]);
    expect(hasSharedUser(config, ['parrots'])).toBe(false);
    expect(withUserOf(config, ['couriers']).natsUrls).toEqual([SHARED]);
    expect(hasSharedUser(config, ['couriers'])).toBe(true);
  });

  it('F18: accepts the URLs of a cluster, and a service name with dashes', () => {
    const cluster = `${PARROTS},nats://127.0.0.1:4223`;
    const config = readConfig({ MAIL_BOX_NATS_URL: cluster });
    expect(withUserOf(config, ['mail-box']).natsUrls).toEqual(cluster.split(','));
    expect(variableOf('mail-box')).toBe('MAIL_BOX_NATS_URL');
  });
});

describe('A node with several services', () => {
  it('F18: connects as the user that all their variables name', () => {
    const config = readConfig({ PARROTS_NATS_URL: PARROTS, COURIERS_NATS_URL: PARROTS });
    expect(withUserOf(config, ['parrots', 'couriers']).natsUrls).toEqual([PARROTS]);
  });

  it.each([
    ['differ', { PARROTS_NATS_URL: PARROTS, COURIERS_NATS_URL: COURIERS }],
    ['are named for some only', { NATS_URL: SHARED, PARROTS_NATS_URL: PARROTS }],
  ])('F18: is refused if the users %s, and the message contains no password', (_, variables) => {
    const config = readConfig(variables);
    const start = () => withUserOf(config, ['parrots', 'couriers']);
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(/^COURIERS_NATS_URL .* npm run nats -- permissions parrots couriers$/);
    expect(start).not.toThrow(/secret/);
  });
});

describe("A user's name", () => {
  it.each([
    ['nats://zoo_parrots:x@a:1', 'zoo_parrots'],
    ['nats://zoo_couriers%2Bparrots:x@a:1', 'zoo_couriers+parrots'],
    ['nats://a.b%3E%2A%20c:x@a:1', 'a-b---c'],
    ['nats://a:1', 'node'],
  ])('F18: of %s is one word of a subject: %s', (url, word) => {
    expect(natsUserOf({ natsUrls: [url] })).toBe(word);
    expect(inboxPrefixOf(word)).toBe(`_INBOX_${word}`);
  });

  it('F18: is "node" where there is no NATS', () => {
    expect(natsUserOf({ natsUrls: [] })).toBe('node');
  });
});
