/**
 * Lets a container's health check (scripts/health.ts) ask this very node, over a socket in the file
 * system: nothing more listens on the network, and another node of the same service can't answer in
 * its place.
 */
import { lstatSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Middleware, ServiceBroker } from 'moleculer';
import { messageOf } from '#schemas/text.ts';
import type { Readiness } from './database/lifecycle.ts';
import { platformOf } from './platform.ts';
import { registryOf } from './registry.ts';

/** A service of this node that does not answer within this many milliseconds is not well. */
const ANSWER_WITHIN_MS = 2_000;

/** What a node says of itself, as one line of JSON. */
export interface Health {
  /** Whether it can do its own work at this moment. */
  readonly ready: boolean;
  /** Why not, in a few words each; empty when ready. */
  readonly missing: readonly string[];
}

/**
 * The broker, and `<service>.ready` of every service that this node runs and that has such an
 * action.
 */
async function healthOf(broker: ServiceBroker): Promise<Health> {
  const asked = broker.services
    .filter(({ name }) => registryOf(broker).isLocal(`${name}.ready`))
    .map(async ({ name }) => {
      const reason = await ask(broker, name);
      return reason === null ? [] : [`${name}: ${reason}`];
    });
  const missing = (await Promise.all(asked)).flat();
  if (!platformOf(broker).bus.connected) missing.unshift('the broker is away');
  return { ready: missing.length === 0, missing };
}

async function ask(broker: ServiceBroker, service: string): Promise<string | null> {
  try {
    const options = { nodeID: broker.nodeID, timeout: ANSWER_WITHIN_MS };
    const { ready, reason } = await broker.call<Readiness, object>(`${service}.ready`, {}, options);
    return ready ? null : (reason ?? 'not ready');
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Listens at `path` from the moment in which all services have started until they begin to stop;
 * whoever connects is told the health, and the connection ends. Throws (and the node does not
 * start) where the socket can't be made.
 */
export function healthMiddleware(path: string): Middleware {
  let server: Server | undefined;
  const open = new Set<Socket>();
  return {
    name: 'Health',
    async started(broker) {
      forgetOld(path);
      const listening = createServer((socket) => {
        open.add(socket);
        // Who asked may be gone before the answer is there.
        socket.on('error', () => undefined).once('close', () => open.delete(socket));
        void healthOf(broker).then((health) => socket.end(`${JSON.stringify(health)}\n`));
      });
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject).listen(path, resolve);
      });
      server = listening;
    },
    async stopping() {
      server?.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** What a killed node left; anything but a socket is not ours to remove. */
function forgetOld(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path, { force: true });
}
