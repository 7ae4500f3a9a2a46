/** Says whether the figures follow the server (WEB-23). */
import type { Feed } from '../api/feed.ts';
import { useText } from '../text/text.tsx';

/** `since`: Unix time of the shown data in milliseconds. */
export function Live({ feed, since }: { feed: Feed<unknown>; since: number | undefined }) {
  const { t, f } = useText();
  if (feed.lostSince !== undefined) {
    return (
      <span class="dot warn" role="status">
        {t.block.reconnecting(f.clock(feed.lostSince))}
      </span>
    );
  }
  if (since === undefined) return null;
  return (
    <span class="mut nowrap">
      {feed.at !== undefined && `${t.block.live} · `}
      {t.block.asOf(f.clock(since))}
    </span>
  );
}
