/** The people whom a day pays, the highest payout first. */
import { useGet } from '../../api/queries.ts';
import { Who } from '../../frame/who.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { Pager, useUrl } from '../../kit/link.tsx';
import { Change } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import type { BusinessDay } from './business-day.ts';

const PAGE = 10;
const POLL_MS = 5_000;

export function Payouts({ day: { businessDay: day, status, payouts, toPay } }: { day: BusinessDay }) {
  const { t, f } = useText();
  const url = useUrl({});
  const { cursor } = url.query;
  const isClosed = status === 'closed';
  const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
  const people = useGet(
    '/accounting/days/{day}/payouts',
    { path: { day }, query },
    { pollMs: isClosed ? false : POLL_MS },
  );
  return (
    <Card
      title={isClosed ? t.days.whoWas : t.days.whoWould}
      note={isClosed ? f.measures.currency : t.days.asRehearsed(f.clock(people.dataUpdatedAt || Date.now()))}
    >
      <Block
        query={people}
        height={200}
        empty={({ items }) =>
          items.length > 0 ? undefined : <Empty>{isClosed ? t.days.nobodyWas : t.days.nobody}</Empty>
        }
      >
        {({ items, nextCursor }) => (
          <>
            <table class="stack">
              <thead>
                <tr>
                  <th>{t.days.employee}</th>
                  <th class="n">{t.days.operations}</th>
                  <th class="n">{t.days.earned}</th>
                  <th class="n">{t.days.carriedIn}</th>
                  <th class="n">{t.days.payout}</th>
                </tr>
              </thead>
              <tbody>
                {items.map(({ userId, name, operations, earned, carriedIn, amount }) => (
                  <tr key={userId}>
                    <td>
                      <Who person={{ id: userId, name }} isRow />
                    </td>
                    <td class="n hide">{f.count(operations)}</td>
                    <td class="n hide">
                      <Change of={earned} />
                    </td>
                    <td class="n hide">
                      <Change of={carriedIn} />
                    </td>
                    <td class="n">
                      <b>{f.amount(amount)}</b>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <Pager url={url} nextCursor={nextCursor}>
              {t.days.shownOf(items.length, f.count(payouts + toPay))}
            </Pager>
          </>
        )}
      </Block>
    </Card>
  );
}
