import { describe, it } from '@jest/globals';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { testServers } from '../harness/servers.ts';
import { serviceNames, startSystem } from '../harness/system.ts';
import { playTheStory } from './story.ts';

describe.each([
  ['everything in one process', [serviceNames()]],
  ['every service in a process of its own', serviceNames().map((name) => [name])],
])('with %s', (_, processes) => {
  it('carries out the whole story over HTTP', async () => {
    const config = testConfig();
    const { natsUrl, databaseUrl } = testServers();
    const system = await startSystem({ natsUrl, databaseUrl, namespace: config.namespace, processes });
    try {
      await playTheStory(system);
    } finally {
      await system.stop();
      await dropNamespace(config);
    }
  }, 120_000);
});
