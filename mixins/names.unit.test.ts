import { describe, expect, it } from '@jest/globals';
import {
  bucketName,
  checkServiceName,
  databaseName,
  durableName,
  ownerRole,
  runtimeRole,
  streamName,
  subjectOf,
  subjectsOf,
} from './names.ts';

describe('A service with a dash in its name', () => {
  it('has underscores instead where NATS and PostgreSQL allow no dash', () => {
    expect(streamName('zoo', 'mail-box')).toBe('zoo_MAIL_BOX');
    expect(databaseName('zoo', 'mail-box')).toBe('zoo_mail_box');
    expect(runtimeRole('zoo', 'mail-box')).toBe('zoo_mail_box');
    expect(ownerRole('zoo', 'mail-box')).toBe('zoo_mail_box_owner');
    expect(subjectsOf('zoo', 'mail-box')).toBe('zoo.mail-box.>');
    expect(durableName('mail-box', 'users')).toBe('mail-box-users');
  });
});

describe('Events and buckets', () => {
  it('are prefixed by the namespace', () => {
    expect(subjectOf('zoo', 'parrots.parrot.created.v1')).toBe('zoo.parrots.parrot.created.v1');
    expect(bucketName('zoo', 'identity')).toBe('zoo_identity');
  });
});

describe('A name that would collide or break a subject', () => {
  it.each([
    '',
    'Parrots',
    'a.b',
    'a_b',
    'a--b',
    '-a',
    'a-',
    'parrots-owner',
    'operator',
    'services',
    'a'.repeat(37),
  ])('%j is refused', (name) => {
    expect(() => checkServiceName(name)).toThrow(JSON.stringify(name));
  });

  it('is refused beyond the 63 bytes of PostgreSQL', () => {
    expect(ownerRole('n'.repeat(20), 'a'.repeat(36)).length).toBeLessThanOrEqual(63);
  });
});
