/** Where somebody is signed in. */
import type { UseQueryResult } from '@tanstack/preact-query';
import type { Answer, Item } from '#client';
import { useCommand } from '../../api/queries.ts';
import { Block, Empty } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { Outcome } from '../../kit/form.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { deviceOf } from './device.ts';

type Session = Item<'/auth/sessions'>;

interface Props {
  readonly query: UseQueryResult<Answer<'/auth/sessions', 'get'>, Error>;
  readonly onEnd: (id: string) => Promise<unknown>;
  readonly onEndAll: () => Promise<unknown>;
  /** The text of the button that ends all. */
  readonly all: string;
  /** Whether there is something for it to end. */
  readonly hasOthers: (items: readonly Session[]) => boolean;
}

export function Sessions({ query, onEnd, onEndAll, all, hasOthers }: Props) {
  const { t } = useText();
  const { state, isBusy, run } = useCommand(onEndAll);
  return (
    <Card
      title={t.sessions.title}
      actions={
        query.data !== undefined &&
        hasOthers(query.data.items) && (
          <button class="btn s d" type="button" disabled={isBusy} onClick={() => void run(undefined)}>
            {all}
          </button>
        )
      }
    >
      <Outcome state={state} />
      <Block
        query={query}
        empty={({ items }) => (items.length === 0 ? <Empty>{t.sessions.none}</Empty> : undefined)}
      >
        {({ items, nextCursor }) => (
          <>
            <table class="stack">
              <caption class="hidden">{t.sessions.title}</caption>
              <thead>
                <tr>
                  <th>{t.sessions.where}</th>
                  <th>{t.sessions.opened}</th>
                  <th>{t.sessions.used}</th>
                  <th>
                    <span class="hidden">{t.sessions.end}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((session) => (
                  <tr key={session.id}>
                    <td class="l1">
                      {session.address ?? t.sessions.unknown}{' '}
                      {session.current && <span class="tag ok">{t.sessions.this}</span>}
                      <span class="d" title={session.userAgent ?? undefined}>
                        {session.userAgent !== null && deviceOf(session.userAgent)}
                      </span>
                    </td>
                    <td class="hide">
                      <Time at={session.openedAt} />
                    </td>
                    <td class="l2">
                      <Time at={session.usedAt} />
                    </td>
                    <td class="n r1">{!session.current && <End session={session} onEnd={onEnd} />}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {nextCursor !== null && <div class="foot">{t.sessions.newest(items.length)}</div>}
          </>
        )}
      </Block>
    </Card>
  );
}

function End({ session, onEnd }: { session: Session; onEnd: Props['onEnd'] }) {
  const { t } = useText();
  const { state, isBusy, run } = useCommand(() => onEnd(session.id));
  return (
    <>
      <button
        class="btn s d"
        type="button"
        disabled={isBusy}
        aria-label={`${t.sessions.end}: ${session.address ?? t.sessions.unknown}`}
        onClick={() => void run(undefined)}
      >
        {t.sessions.end}
      </button>
      <Outcome state={state} />
    </>
  );
}
