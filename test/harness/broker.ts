/** A node of the system in the test's own process. */
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { brokerOptions } from '#mixins/broker.ts';
import type { Config } from '../../config.ts';
import { answersMiddleware } from './answers.ts';

export interface TestNode {
  readonly broker: ServiceBroker;
  stop(): Promise<void>;
}

/** A service by the name of its folder, or a schema of the test's own. */
export type ServiceOfNode = string | ServiceSchema;

async function schemaOf(service: ServiceOfNode): Promise<ServiceSchema> {
  if (typeof service !== 'string') return service;
  const module = (await import(`../../services/${service}/${service}.service.ts`)) as {
    default: ServiceSchema;
  };
  return module.default;
}

/** Makes a broker with these services and starts it; resolves when all of them have started. */
export async function startNode(config: Config, services: readonly ServiceOfNode[]): Promise<TestNode> {
  const schemas: ServiceSchema[] = [];
  // Imports run one after the other: Jest fails to link modules that concurrent imports share.
  for (const service of services) schemas.push(await schemaOf(service));
  const { middlewares = [], ...options } = brokerOptions(config);
  const answers = await answersMiddleware(config.product);
  const broker = new ServiceBroker({ ...options, middlewares: [...middlewares, answers] });
  for (const schema of schemas) broker.createService(schema);
  try {
    await broker.start();
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return { broker, stop: () => broker.stop() };
}
