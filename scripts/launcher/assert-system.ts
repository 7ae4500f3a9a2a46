/**
 * Checks that NATS holds the wanted system, before a command joins it. The check makes nothing
 * there.
 */
import { connect, ErrorCode, type NatsConnection, NatsError } from 'nats';
import { connectionOptions } from '#mixins/bus/connection-options.ts';
import { jetStreamCode, STREAM_NOT_FOUND } from '#mixins/bus/error-codes.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { bucketName } from '#mixins/names.ts';
import { messageOf } from '#schemas/text.ts';
import type { Config } from '../../config.ts';
import { LaunchError } from './launch-error.ts';

/** How long JetStream may take to answer, in milliseconds. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * Every system has an identity bucket from its first start on. Throws `LaunchError` where NATS
 * cannot be reached, refuses us, has no JetStream, or has no such bucket in this namespace.
 */
export async function assertSystem(config: Config): Promise<void> {
  const servers = config.natsUrls.map((url) => new URL(url).host).join(', ');
  const connection = await reach(config, servers);
  try {
    const manager = await connection.jetstreamManager({ timeout: ANSWER_WITHIN_MS, checkAPI: false });
    await manager.streams.info(`KV_${bucketName(config.namespace, IDENTITY_BUCKET)}`);
  } catch (cause) {
    throw new LaunchError(`NATS at ${servers} ${whatIsWrong(cause, config.namespace)}`, { cause });
  } finally {
    await connection.close();
  }
}

function whatIsWrong(error: unknown, namespace: string): string {
  if (jetStreamCode(error) === STREAM_NOT_FOUND) {
    return `holds no system ${namespace}. Start it (npm start), or set NATS_URL or NAMESPACE to those of the system.`;
  }
  if (error instanceof NatsError && error.code === ErrorCode.NoResponders) {
    return 'has no JetStream, so it is not the one of the system. Set NATS_URL.';
  }
  return `does not say whether it holds the system ${namespace}: ${messageOf(error)}`;
}

/** The broker would wait without limit for a NATS that is away. */
async function reach(config: Config, servers: string): Promise<NatsConnection> {
  try {
    return await connect({
      ...connectionOptions(config),
      reconnect: false,
      waitOnFirstConnect: false,
      maxReconnectAttempts: 0,
      ignoreAuthErrorAbort: false,
    });
  } catch (cause) {
    throw new LaunchError(
      `NATS at ${servers} can't be reached (${messageOf(cause)}). Start the system (npm start), or set NATS_URL.`,
      { cause },
    );
  }
}
