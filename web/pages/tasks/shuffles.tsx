/** The shuffles so far, the newest first. */
import { useGet } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { Who } from '../../frame/who.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Pager, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

const PAGE = 50;
/** While one runs, and otherwise, in milliseconds. */
const POLL_MS = 1_000;
const IDLE_POLL_MS = 5_000;
const SECOND_MS = 1_000;

export default function Shuffles() {
  const { t, f } = useText();
  const url = useUrl({});
  const { cursor } = url.query;
  const shuffles = useGet(
    '/tasks/shuffles',
    { query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } },
    { pollMs: (last) => (last?.items.some(({ status }) => status === 'running') ? POLL_MS : IDLE_POLL_MS) },
  );
  return (
    <>
      <Head title={t.pages.shuffles} />
      <WrongUrl url={url} />
      <section class="card" aria-label={t.pages.shuffles}>
        <Block
          query={shuffles}
          height={340}
          empty={({ items }) =>
            items.length > 0 ? undefined : (
              <Empty>
                <p>{t.shuffles.none}</p>
                <a class="btn s" href="/tasks">
                  {t.pages.tasks}
                </a>
              </Empty>
            )
          }
        >
          {({ items, nextCursor }) => (
            <>
              <table class="stack">
                <thead>
                  <tr>
                    <th>{t.shuffles.requested}</th>
                    <th>{t.shuffles.by}</th>
                    <th>{t.shuffles.status}</th>
                    <th class="n">{t.shuffles.drawn}</th>
                    <th class="n">{t.shuffles.took}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(({ id, status, total, done, requestedBy, requestedAt, completedAt }) => (
                    <tr key={id}>
                      <td class="nowrap l1">
                        <Time at={requestedAt} form="full" />
                      </td>
                      <td class="l2">
                        <Who person={requestedBy} />
                      </td>
                      <td class="r1">
                        <span class={`dot ${status === 'completed' ? 'ok' : 'run'}`}>
                          {t.shuffles.states[status]}
                        </span>
                      </td>
                      <td class="n r2">{t.tasks.drawn(f.count(done), f.count(total))}</td>
                      <td class="n hide">
                        {completedAt === null
                          ? f.count(null)
                          : t.shuffles.seconds(
                              f.count(
                                Math.ceil((Date.parse(completedAt) - Date.parse(requestedAt)) / SECOND_MS),
                              ),
                            )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <Pager url={url} nextCursor={nextCursor}>
                {t.shuffles.shown(items.length)}
              </Pager>
            </>
          )}
        </Block>
      </section>
    </>
  );
}
