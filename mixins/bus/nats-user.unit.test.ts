import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from '../../config.ts';
import { hasSharedUser, inboxPrefixOf, natsUserOf, variableOf, withUserOf } from './nats-user.ts';

const SHARED = 'nats://ates:secret@127.0.0.1:4222';
const TASKS = 'nats://ates_tasks:secret@127.0.0.1:4222';
const MAILER = 'nats://ates_mailer:secret@127.0.0.1:4222';

describe('A node with one service', () => {
  it('F18: connects as the user that is named for it, and as that of NATS_URL where none is', () => {
    const config = readConfig({ NATS_URL: SHARED, TASKS_NATS_URL: TASKS });
    expect(withUserOf(config, ['tasks']).natsUrls).toEqual([TASKS]);
    expect(hasSharedUser(config, ['tasks'])).toBe(false);
    expect(withUserOf(config, ['mailer']).natsUrls).toEqual([SHARED]);
    expect(hasSharedUser(config, ['mailer'])).toBe(true);
  });

  it('F18: takes a cluster, and a name with dashes', () => {
    const cluster = `${TASKS},nats://127.0.0.1:4223`;
    const config = readConfig({ MAIL_BOX_NATS_URL: cluster });
    expect(withUserOf(config, ['mail-box']).natsUrls).toEqual(cluster.split(','));
    expect(variableOf('mail-box')).toBe('MAIL_BOX_NATS_URL');
  });
});

describe('A node with several services', () => {
  it('F18: connects as the one user that is named for all of them', () => {
    const config = readConfig({ TASKS_NATS_URL: TASKS, MAILER_NATS_URL: TASKS });
    expect(withUserOf(config, ['tasks', 'mailer']).natsUrls).toEqual([TASKS]);
  });

  it.each([
    ['differ', { TASKS_NATS_URL: TASKS, MAILER_NATS_URL: MAILER }],
    ['are named for some only', { NATS_URL: SHARED, TASKS_NATS_URL: TASKS }],
  ])('F18: is refused where the users %s, without telling a password', (_, variables) => {
    const config = readConfig(variables);
    const start = () => withUserOf(config, ['tasks', 'mailer']);
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(/^MAILER_NATS_URL .* npm run nats -- permissions tasks mailer$/);
    expect(start).not.toThrow(/secret/);
  });
});

describe("A user's name", () => {
  it.each([
    ['nats://ates_tasks:x@a:1', 'ates_tasks'],
    ['nats://ates_mailer%2Btasks:x@a:1', 'ates_mailer+tasks'],
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
