/**
 * Server-sent events for all tabs (WEB-23): browsers open only six connections to a
 * host. So one tab holds the stream under a Web Lock, and sends each event to the others by a channel.
 */
import { useEffect, useState } from 'preact/hooks';
import { reader } from './client.ts';

type FeedPath = '/analytics/live' | '/system/live';

export interface Feed<Data> {
  /** The newest event; undefined before the first. */
  readonly data: Data | undefined;
  /** When it came: Unix time in milliseconds. */
  readonly at: number | undefined;
  /** Since when there is no connection; undefined while there is one. */
  readonly lostSince: number | undefined;
}

interface Shared {
  readonly data?: unknown;
  readonly lost?: true;
}

/** The pause after a failure that is no mere loss of the connection, in milliseconds. */
const PAUSE_MS = 5_000;

export function useFeed<Data>(path: FeedPath): Feed<Data> {
  const [feed, setFeed] = useState<Feed<Data>>({ data: undefined, at: undefined, lostSince: undefined });
  useEffect(() => {
    const left = new AbortController();
    const channel = new BroadcastChannel(`feed:${path}`);
    const take = ({ data, lost }: Shared) =>
      setFeed((last) =>
        lost
          ? { ...last, lostSince: last.lostSince ?? Date.now() }
          : { data: data as Data, at: Date.now(), lostSince: undefined },
      );
    const share = (message: Shared) => {
      channel.postMessage(message);
      take(message);
    };
    channel.onmessage = ({ data }: MessageEvent<Shared>) => take(data);
    void navigator.locks
      .request(`feed:${path}`, { signal: left.signal }, async () => {
        while (!left.signal.aborted) {
          try {
            for await (const { data } of reader.events(path, { signal: left.signal })) share({ data });
          } catch {
            if (left.signal.aborted) return;
            share({ lost: true });
            await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
          }
        }
      })
      .catch(() => undefined);
    return () => {
      left.abort();
      channel.close();
    };
  }, [path]);
  return feed;
}
