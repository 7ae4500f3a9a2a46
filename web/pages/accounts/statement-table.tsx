/** The lines of an account by business day, the newest first. */
import { useGet } from '../../api/queries.ts';
import { Block, Empty } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { isFiltered, NothingMatches } from '../../kit/filter.tsx';
import { Pager, type UrlState } from '../../kit/link.tsx';
import { Amount, Change, Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { byDay, type DayOfLines, type Line } from './statement.ts';

const PAGE = 50;
const POLL_MS = 5_000;

interface Props {
  readonly userId: string;
  readonly url: UrlState;
  /** The names of the filters. */
  readonly names: readonly string[];
}

export function Statement({ userId, url, names }: Props) {
  const { t, f } = useText();
  const { from, to, kind, cursor } = url.query;
  const query = {
    limit: PAGE,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(kind === undefined ? {} : { kind }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const statement = useGet(
    '/accounting/accounts/{userId}/statement',
    { path: { userId }, query },
    { pollMs: cursor === undefined && POLL_MS },
  );
  return (
    <Card title={t.accounts.statement} note={f.measures.currency}>
      <Block
        query={statement}
        height={340}
        empty={({ items, nextCursor }) =>
          items.length > 0 || nextCursor !== null ? undefined : isFiltered(url, names) ? (
            <NothingMatches url={url} names={names} />
          ) : (
            <Empty>{t.accounts.noLines}</Empty>
          )
        }
      >
        {(page) => (
          <>
            <table class="stack statement">
              <thead>
                <tr>
                  <th>{t.accounts.time}</th>
                  <th>{t.accounts.what}</th>
                  <th class="n">{t.accounts.amount}</th>
                  <th class="n">{t.accounts.after}</th>
                </tr>
              </thead>
              {byDay(page, cursor === undefined, kind === undefined).map((day) => (
                <DayRows key={day.day} day={day} />
              ))}
            </table>
            <Pager url={url} nextCursor={page.nextCursor}>
              {t.accounts.lines(page.items.length)} · {t.frame.zone(f.measures.timeZone)}
            </Pager>
          </>
        )}
      </Block>
    </Card>
  );
}

function DayRows({ day: { day, lines, opening, closing } }: { day: DayOfLines }) {
  const { t, f } = useText();
  return (
    <tbody>
      <tr class="dayrow">
        <th colSpan={2} scope="rowgroup">
          {f.dayWithWeek(day)}
        </th>
        <td class="n mut" colSpan={2}>
          {opening !== undefined && closing !== undefined ? (
            <>
              {f.amount(opening)} → <Amount of={closing} />
            </>
          ) : (
            closing !== undefined && (
              <>
                {t.accounts.closed} <Amount of={closing} />
              </>
            )
          )}
        </td>
      </tr>
      {lines.map((line) => (
        <tr key={line.id}>
          <td class="nowrap l2">
            {f.dateOf(line.postedAt) === day ? (
              <Time at={line.postedAt} form="clock" />
            ) : (
              <Time at={line.postedAt} form="second" />
            )}
          </td>
          <td class="l1">
            <WhatFor line={line} />
          </td>
          <td class="n r1">{line.kind === 'payout' ? f.change(line.amount) : <Change of={line.amount} />}</td>
          <td class="n r2">
            <Amount of={line.balanceAfter} />
          </td>
        </tr>
      ))}
    </tbody>
  );
}

function WhatFor({ line: { kind, reference, note, by } }: { line: Line }) {
  const { t } = useText();
  return (
    <>
      <b>{t.story.kinds[kind] ?? kind}</b>
      {reference !== null && (
        <>
          {' '}
          {reference.type === 'task' ? (
            <a href={`/tasks/${reference.id}`} data-row>
              {reference.title}
            </a>
          ) : (
            reference.title
          )}{' '}
          {reference.externalId !== null && <span class="mono">{reference.externalId}</span>}
        </>
      )}
      {note !== null && (
        <span class="sub">
          {' '}
          {note}
          {by !== null && ` (${by.name})`}
        </span>
      )}
    </>
  );
}
