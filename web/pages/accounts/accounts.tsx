/** All accounts, by name or balance. */
import { useGet } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { Who } from '../../frame/who.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Csv } from '../../kit/csv.tsx';
import { ChoiceFilter, Filters, isFiltered, NothingMatches, TextFilter } from '../../kit/filter.tsx';
import { Pager, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Amount } from '../../kit/value.tsx';
import { amountIn } from '../../text/parse.ts';
import { useText } from '../../text/text.tsx';

const FORMS = { text: /./, below: /^[+\-\u2212]?\d+([.,]\d+)?$/, sort: /^-?balance$/ } as const;
const NAMES = ['text', 'below'];
const PAGE = 50;
const POLL_MS = 10_000;

export default function Accounts() {
  const { t, f } = useText();
  const url = useUrl(FORMS);
  const { text, below, sort, cursor } = url.query;
  const limit = below === undefined ? undefined : amountIn(below, f.measures.minorUnits);
  const filter = {
    ...(text === undefined ? {} : { text }),
    ...(limit === undefined ? {} : { below: limit }),
    ...(sort === undefined ? {} : { sort: sort as 'balance' }),
  };
  const accounts = useGet(
    '/accounting/accounts',
    { query: { limit: PAGE, ...filter, ...(cursor === undefined ? {} : { cursor }) } },
    { pollMs: POLL_MS },
  );
  return (
    <>
      <Head
        title={t.pages.accounts}
        note={<span class="mut">{f.measures.currency}</span>}
        actions={
          <Csv
            path="/accounting/accounts"
            query={{ text, sort, below: limit === undefined ? undefined : String(limit) }}
            name="accounts"
          />
        }
      />
      <WrongUrl url={url} />
      <Filters url={url} names={NAMES}>
        <TextFilter url={url} name="text" label={t.accounts.name} />
        <TextFilter url={url} name="below" label={t.accounts.below} />
        <ChoiceFilter
          url={url}
          name="sort"
          label={t.tasks.sort}
          choices={t.accounts.sorts}
          all={t.accounts.byName}
        />
      </Filters>
      <section class="card narrow" aria-label={t.pages.accounts}>
        <Block
          query={accounts}
          height={340}
          empty={({ items }) =>
            items.length > 0 ? undefined : isFiltered(url, NAMES) ? (
              <NothingMatches url={url} names={NAMES} />
            ) : (
              <Empty>{t.accounts.none}</Empty>
            )
          }
        >
          {({ items, nextCursor }) => (
            <>
              <table>
                <thead>
                  <tr>
                    <th>{t.accounts.name}</th>
                    <th class="n">{t.accounts.balance}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(({ userId, name, balance, ownerKnown }) => (
                    <tr key={userId}>
                      <td>
                        <Who person={{ id: userId, name }} isRow />{' '}
                        {!ownerKnown && (
                          <span class="tag" title={t.accounts.unknownWhat}>
                            {t.accounts.unknown}
                          </span>
                        )}
                      </td>
                      <td class="n">
                        <Amount of={balance} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <Pager url={url} nextCursor={nextCursor}>
                {t.accounts.shown(items.length)}
              </Pager>
            </>
          )}
        </Block>
      </section>
    </>
  );
}
