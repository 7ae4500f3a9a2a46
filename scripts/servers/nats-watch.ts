/**
 * Kills a nats-server whose JetStream is dead, so that its supervisor restarts it. When a write to
 * a full disk breaks off, nats-server 2.9 waits for a lock that it holds itself. In other cases it
 * switches JetStream off. It goes on serving connections, and does not recover when there is space
 * again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'nats';
import type { Server } from './server.ts';

export interface WatchOptions {
  readonly print: (line: string) => void;
  /**
   * Pause between two checks, and time limit of an answer, in milliseconds. Default
   * `LOOK_EVERY_MS`.
   */
  readonly lookEvery?: number | undefined;
}

/**
 * A healthy server answers within milliseconds, and one with a slow disk within a second or two.
 */
const LOOK_EVERY_MS = 2_500;

/**
 * The server is killed after this many failed checks in a row, about 10 s, because a disk may only
 * stall. Checks are counted rather than time. If this process was suspended (a laptop's sleep), one
 * check fails, and the next finds JetStream again.
 */
const LOOKS = 4;

/** Watches a ready server until it ends. Stopping or killing the server ends the watch first. */
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
    // A signal to stop might have no effect, because stopping also waits for that lock.
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
 * Each check uses a new connection. A request that JetStream never answers blocks its connection,
 * even for pings. A kept connection could not distinguish a server without JetStream from a silent
 * one. A silent server (frozen, starved, ending) is left alone, because it may recover by itself.
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
    // This counts the consumers of every stream, so one hanging stream is enough to fail.
    await manager.getAccountInfo();
    return 'well';
  } catch {
    return connection.isClosed() ? 'nobody' : 'no JetStream';
  } finally {
    await connection.close();
  }
}
