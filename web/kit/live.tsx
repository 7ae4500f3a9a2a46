/** Says whether the figures follow the server (WEB-23). */
import { useEffect, useState } from 'preact/hooks';
import type { Feed } from '../api/feed.ts';
import { useText } from '../text/text.tsx';

/** How often it is looked whether an event is overdue, in milliseconds. */
const TICK_MS = 2_000;

interface Props {
  readonly feed: Feed<unknown>;
  /** Unix time of the shown data in milliseconds. */
  readonly since: number | undefined;
  /**
   * Without an event for so many milliseconds the connection counts as lost, because a browser
   * notices a broken one late. Default: events may stay away for any time.
   */
  readonly overdueMs?: number;
}

export function Live({ feed, since, overdueMs = Number.POSITIVE_INFINITY }: Props) {
  const { t, f } = useText();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const { at, lostSince } = feed;
  const lost = lostSince ?? (at !== undefined && now - at > overdueMs ? at : undefined);
  if (lost !== undefined) {
    return (
      <span class="dot warn" role="status">
        {t.block.reconnecting(f.clock(lost))}
      </span>
    );
  }
  if (since === undefined) return null;
  return (
    <span class="mut nowrap">
      {at !== undefined && `${t.block.live} · `}
      {t.block.asOf(f.clock(since))}
    </span>
  );
}
