/** A node with a gateway in the test's own process, and its admin signed in. */
import type { AddressInfo } from 'node:net';
import type { Config } from '../config.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { Client } from './e2e/client.ts';
import { type ServiceOfNode, startNode, type TestNode } from './harness/broker.ts';
import { until } from './harness/wait.ts';

export interface HttpNode extends TestNode {
  /** Such as `http://127.0.0.1:40001/api/v1`. */
  readonly api: string;
  readonly admin: Client;
}

/**
 * The services must have `gateway` and `auth` among them, and the configuration `adminBeak:
 * ADMIN_BEAK`.
 */
export async function startHttpNode(config: Config, services: readonly ServiceOfNode[]): Promise<HttpNode> {
  const node = await startNode(config, services);
  const gateway = node.broker.getLocalService('gateway') as unknown as { server: { address(): AddressInfo } };
  const api = `http://127.0.0.1:${gateway.server.address().port}/api/v1`;
  const admin = await until(() => new Client(api).signIn(config.adminLogin, ADMIN_BEAK), {
    within: 20_000,
    what: 'the first admin',
  });
  return { ...node, api, admin };
}
