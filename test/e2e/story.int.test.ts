import { describe, it } from '@jest/globals';
import { TestSmtp } from '../../services/mailer/sending/smtp.fixture.ts';
import { Collector } from '../harness/collector.ts';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { testServers } from '../harness/servers.ts';
import { serviceNames, startSystem } from '../harness/system.ts';
import { playTheStory } from './story.ts';
import { followOneTask } from './trace.ts';

describe.each([
  ['everything in one process', [serviceNames()]],
  ['every service in a process of its own', serviceNames().map((name) => [name])],
])('with %s', (_, processes) => {
  it('carries out the whole story over HTTP, and its traces show the way of a task', async () => {
    const config = testConfig();
    const { natsUrl, databaseUrl } = testServers();
    const [collector, smtp] = [await Collector.start(), await TestSmtp.start()];
    const system = await startSystem({
      natsUrl,
      databaseUrl,
      namespace: config.namespace,
      processes,
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, SMTP_URL: smtp.url },
    });
    try {
      await playTheStory(system);
      await followOneTask(system, collector, processes.length > 1);
    } finally {
      await system.stop();
      await smtp.stop();
      await collector.stop();
      await dropNamespace(config);
    }
  }, 120_000);
});
