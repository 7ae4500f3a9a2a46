/** Whether the books agree, what differs, and up to where they are sealed. */
import { useEffect, useState } from 'preact/hooks';
import { writer } from '../../api/client.ts';
import { useCommand, useGet, useRefresh } from '../../api/queries.ts';
import { Block } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { Outcome } from '../../kit/form.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

const POLL_MS = 10_000;
/** How often a running comparison is asked for, in milliseconds (WEB-5). */
const FOLLOW_MS = 500;
const SEAL_POLL_MS = 5_000;

const LATEST = '/analytics/reconciliation/latest';

/** The newest comparison of the books, and the way to start one. */
export function useBooks() {
  const refresh = useRefresh();
  const [isFollowing, follow] = useState(false);
  const query = useGet(LATEST, {}, { pollMs: isFollowing ? FOLLOW_MS : POLL_MS });
  const isRunning = query.data?.status === 'waiting' || query.data?.status === 'running';
  useEffect(() => follow(isRunning), [isRunning]);
  const command = useCommand(async (_: undefined, key) => {
    await writer.post('/analytics/reconciliation', { params: { header: { 'Idempotency-Key': key } } });
    follow(true);
    refresh(LATEST);
  });
  return { query, isRunning, command };
}
type BooksState = ReturnType<typeof useBooks>;

export function CompareBooks({ books }: { books: BooksState }) {
  const { t } = useText();
  const { isRunning, command } = books;
  return (
    <>
      <Outcome state={command.state} />
      <button
        class="btn"
        type="button"
        disabled={isRunning || command.isBusy}
        onClick={() => void command.run(undefined)}
      >
        {isRunning ? t.system.comparing : t.system.compare}
      </button>
    </>
  );
}

export function Books({ books }: { books: BooksState }) {
  const { t, f } = useText();
  const { query, isRunning } = books;
  const seal = useGet('/accounting/seal', {}, { pollMs: SEAL_POLL_MS });
  const { consistent, status } = query.data ?? {};
  const verdict = consistent ? t.badge.agree : consistent === false ? t.badge.differ : t.badge.unknown;
  return (
    <Card
      title={t.system.books}
      note={
        query.data && (
          <span class={`dot ${consistent ? 'ok pos' : consistent === false ? 'bad neg' : ''}`}>
            {verdict}
          </span>
        )
      }
      actions={isRunning && <span class="dot run">{t.system.comparing}</span>}
    >
      <Block query={query}>
        {({ checkedAt, tookMs, counts, differences, more }) => (
          <>
            {status === 'failed' && <p class="state neg">{t.badge.failed}</p>}
            <dl class="kv">
              <dt>{t.system.compared}</dt>
              <dd>
                <Time at={checkedAt} form="full" />
                {tookMs !== null && ` · ${t.system.seconds(f.decimal(tookMs / 1_000))}`}
              </dd>
              {Object.entries(counts ?? {}).map(([code, count]) => (
                <>
                  <dt class="mono">{code}</dt>
                  <dd class="neg">{t.badge.differences(count)}</dd>
                </>
              ))}
              <dt>{t.system.sealed}</dt>
              <dd>
                <Time at={seal.data?.sealedAt} form="full" /> · {t.system.block} {f.count(seal.data?.block)}
              </dd>
              <dt>{t.system.unsealed}</dt>
              <dd>{f.count(seal.data?.unsealed)}</dd>
            </dl>
            {differences !== null && differences.length > 0 && (
              <ul class="lines">
                {differences.map(({ code, message }) => (
                  <li key={message}>
                    <span class="mono neg">{code}</span> {message}
                  </li>
                ))}
                {more !== null && more > 0 && <li class="mut">{t.system.more(more)}</li>}
              </ul>
            )}
          </>
        )}
      </Block>
    </Card>
  );
}
