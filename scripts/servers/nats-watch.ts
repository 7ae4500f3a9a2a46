/**
 * Kills a nats-server that goes on without its JetStream, so that whoever supervises it starts it
 * again. Where a write to a full disk breaks off, nats-server 2.9 waits for a lock that it holds
 * itself; in other cases it switches JetStream off. Connections are served all the same, and it
 * stays like that when there is space again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'nats';
import type { Server } from './server.ts';

export interface WatchOptions {
  readonly print: (line: string) => void;
  /**
   * From one look to the next, and how long each waits for an answer, in milliseconds. Default
   * `LOOK_EVERY_MS`.
   */
  readonly lookEvery?: number | undefined;
}

/** A healthy one answers within milliseconds, one whose disk is slow within a second or two. */
const LOOK_EVERY_MS = 2_500;

/**
 * Killed after so many looks in a row that found no JetStream, about 10 s: a disk that only stalls
 * is given that long. Looks are counted, and not the time: where this process was held up itself (a
 * laptop's sleep), one look fails, and the next one finds JetStream again.
 */
const LOOKS = 4;

/**
 * This server, which is ready, watched until it ends. To stop or to kill it ends the watch first.
 */
export function watched(server: Server, options: WatchOptions): Server {
  const { print, lookEvery = LOOK_EVERY_MS } = options;
  const over = new AbortController();
  void server.exited.then(() => over.abort());
  const watching = (async () => {
    for (let missed = 0; missed < LOOKS; ) {
      const [seen] = await Promise.all([
        lookAt(new URL(server.url), lookEvery),
        pause(lookEvery, undefined, { signal: over.signal, ref: false }).catch(() => undefined),
      ]);
      if (over.signal.aborted) return;
      missed = seen === 'no JetStream' ? missed + 1 : 0;
    }
    print("nats-server's JetStream does not answer (a full disk does this to it); killing it");
    // It may not heed a signal to stop, which would wait for that lock as well.
    await server.kill();
  })();
  const end = async (how: 'stop' | 'kill') => {
    over.abort();
    await server[how]();
    await watching;
  };
  return { ...server, stop: () => end('stop'), kill: () => end('kill') };
}

/**
 * By a connection of its own each time: a request that JetStream never answers blocks the
 * connection that it came by, where not even a ping is answered any more, so that a kept one could
 * not tell a server without JetStream from one that is silent as a whole. That one (frozen,
 * starved, ending) is left alone: it may come back by itself.
 */
async function lookAt(url: URL, within: number): Promise<'well' | 'no JetStream' | 'nobody'> {
  const connection = await connect({
    servers: url.host,
    user: url.username,
    pass: url.password,
    reconnect: false,
    timeout: within,
  }).catch(() => null);
  if (connection === null) return 'nobody';
  try {
    const manager = await connection.jetstreamManager({ checkAPI: false, timeout: within });
    // Counts the consumers of every stream: one stream that hangs is enough.
    await manager.getAccountInfo();
    return 'well';
  } catch {
    return connection.isClosed() ? 'nobody' : 'no JetStream';
  } finally {
    await connection.close();
  }
}
