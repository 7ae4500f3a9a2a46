/**
 * Each action declares its callers: by `access` for clients, otherwise by a name that NATS permits.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Service, type ServiceSchema } from 'moleculer';

const SERVICES = new URL('../services/', import.meta.url);
const names = readdirSync(SERVICES, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** Actions that services call from each other. */
const INTERNAL =
  /^(ready|openDay|loops\.stats|reconciliation\.\w+|services\.used|sealingKey|identity\.refreshable)$/;

describe.each(names)('the actions of %s', (name) => {
  it('declare who may call them, or are only for operators, other services or their own node', async () => {
    const module = await import(`../services/${name}/${name}.service.ts`);
    const { actions = {} } = Service.prototype.applyMixins((module as { default: ServiceSchema }).default);
    const others = Object.entries(actions).flatMap(([action, definition]) => {
      if (typeof definition !== 'object') return [];
      const isHidden = definition.visibility === 'private' || definition.visibility === 'protected';
      const isNamed = action.startsWith('operator.') || INTERNAL.test(action);
      return definition.access !== undefined || isHidden || isNamed ? [] : [action];
    });
    expect(others).toEqual([]);
  });
});
