import { describe, expect, it } from '@jest/globals';
import type { Manifest } from './kustomize.ts';
import { schemaViolations } from './schemas.ts';

const pod = (container: object) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one', labels: { any: 'label' } },
    spec: { containers: [{ name: 'only', ...container }] },
  }) as Manifest;

describe('the published schemas', () => {
  it('allow a correct manifest', async () => {
    expect(await schemaViolations(pod({ image: 'x', resources: { limits: { memory: '1Gi' } } }))).toEqual([]);
  });

  it('refuse a field of another type, and a missing one', async () => {
    const [wrong, ...more] = await schemaViolations(pod({ args: 'no list' }));
    expect({ wrong, more }).toEqual({
      wrong: expect.stringContaining('/spec/containers/0/args must be array'),
      more: [],
    });
    const unnamed = { ...pod({}), spec: { containers: [{ image: 'x' }] } };
    expect(await schemaViolations(unnamed)).toEqual([
      expect.stringContaining('/spec/containers/0 must have required property name'),
    ]);
  });

  it('name unknown fields, at any depth', async () => {
    expect(await schemaViolations({ ...pod({ imagePullPolice: 'Always' }), spek: {} } as Manifest)).toEqual([
      '/spek is unknown',
      '/spec/containers/0/imagePullPolice is unknown',
    ]);
  });

  it('have no others than those of Kubernetes and KEDA', async () => {
    await expect(schemaViolations({ ...pod({}), kind: 'Pot' })).rejects.toThrow('v1/Pot');
  });
});
