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
  it('has underscores where NATS and PostgreSQL want none', () => {
    expect(streamName('ates', 'mail-box')).toBe('ates_MAIL_BOX');
    expect(databaseName('ates', 'mail-box')).toBe('ates_mail_box');
    expect(runtimeRole('ates', 'mail-box')).toBe('ates_mail_box');
    expect(ownerRole('ates', 'mail-box')).toBe('ates_mail_box_owner');
    expect(subjectsOf('ates', 'mail-box')).toBe('ates.mail-box.>');
    expect(durableName('mail-box', 'users')).toBe('mail-box-users');
  });
});

describe('Events and buckets', () => {
  it('are prefixed by the namespace', () => {
    expect(subjectOf('ates', 'tasks.task.created.v1')).toBe('ates.tasks.task.created.v1');
    expect(bucketName('ates', 'identity')).toBe('ates_identity');
  });
});

describe('A name that would collide or break a subject', () => {
  it.each([
    '',
    'Tasks',
    'a.b',
    'a_b',
    'a--b',
    '-a',
    'a-',
    'tasks-owner',
    'operator',
    'services',
    'a'.repeat(37),
  ])('%j is refused', (name) => {
    expect(() => checkServiceName(name)).toThrow(JSON.stringify(name));
  });

  it('keeps within the 63 bytes of PostgreSQL', () => {
    expect(ownerRole('n'.repeat(20), 'a'.repeat(36)).length).toBeLessThanOrEqual(63);
  });
});
