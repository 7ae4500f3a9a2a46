/** An account: its balance, its statement by day, sums of a range, and the balance at a time. */
import { useState } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import { failureOf } from '../../api/problems.ts';
import { useGet } from '../../api/queries.ts';
import { Gone } from '../../frame/gone.tsx';
import { Head } from '../../frame/head.tsx';
import { useUser } from '../../frame/user.tsx';
import { Block } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { Csv } from '../../kit/csv.tsx';
import { ChoiceFilter, DayFilter, Filters } from '../../kit/filter.tsx';
import { DAY_FORM, ID_FORM, type UrlState, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Amount, Change } from '../../kit/value.tsx';
import { instantOf, WALL_FORM } from '../../text/parse.ts';
import { useText } from '../../text/text.tsx';
import { Adjust } from './adjust.tsx';
import { Statement } from './statement-table.tsx';

const FORMS = { from: DAY_FORM, to: DAY_FORM, kind: /^[a-z][a-z0-9_.-]*$/, at: WALL_FORM } as const;
const NAMES = ['from', 'to', 'kind'];
const POLL_MS = 5_000;

export default function AccountPage() {
  const user = useUser();
  const { id } = useRoute().params;
  if (id !== undefined && !ID_FORM.test(id)) return <Gone why="notFoundItem" />;
  const isOwn = id === undefined || id.toLowerCase() === user.id;
  return isOwn ? <Account key="me" userId={user.id} isOwn /> : <Account key={id} userId={id} isOwn={false} />;
}

function Account({ userId, isOwn }: { userId: string; isOwn: boolean }) {
  const { t, f } = useText();
  const user = useUser();
  const url = useUrl(FORMS);
  const [isAdjusting, setAdjusting] = useState(false);
  const account = useGet('/accounting/accounts/{userId}', { path: { userId } }, { pollMs: POLL_MS });
  const names = useGet('/users/names', { query: { ids: userId } }, { enabled: !isOwn });
  const { from, to, kind } = url.query;
  if (account.error !== null && failureOf(account.error).code === 'not_found')
    return <Gone why="notFoundItem" />;
  const name = isOwn ? user.name : names.data?.items[0]?.name;
  return (
    <>
      {!isOwn && (
        <div class="crumb">
          <a href="/accounts">{t.pages.accounts}</a>
        </div>
      )}
      <Head
        title={isOwn ? t.pages.account : (name ?? t.accounts.account)}
        actions={
          <>
            {!isOwn && user.is('accountant', 'admin') && (
              <button
                class="btn"
                type="button"
                disabled={account.data === undefined}
                onClick={() => setAdjusting(true)}
              >
                {t.accounts.adjust}…
              </button>
            )}
            <Csv
              path={`/accounting/accounts/${userId}/statement`}
              query={{ from, to, kind }}
              name={`statement-${name ?? userId}`}
            />
          </>
        }
      />
      <WrongUrl url={url} />
      <Card>
        <Block query={account} height={94}>
          {({ balance, currency, today }) => (
            <dl class="kpi">
              <div>
                <dt>{t.accounts.balance}</dt>
                <dd>
                  <Amount of={balance} /> <small>{currency}</small>
                </dd>
              </div>
              <div>
                <dt>{t.accounts.charged}</dt>
                <dd>{f.amount(today.charged)}</dd>
              </div>
              <div>
                <dt>{t.accounts.earned}</dt>
                <dd>{f.amount(today.earned)}</dd>
              </div>
              <div>
                <dt>{t.accounts.net}</dt>
                <dd>
                  <Change of={today.net} />
                </dd>
              </div>
            </dl>
          )}
        </Block>
        {account.data !== undefined && (
          <div class="foot">
            {account.data.balance > 0
              ? t.accounts.tonight(f.amount(account.data.balance))
              : account.data.balance < 0
                ? t.accounts.staysDebt
                : t.accounts.nothingTonight}
          </div>
        )}
      </Card>
      <Filters url={url} names={NAMES}>
        <DayFilter url={url} name="from" label={t.filter.from} />
        <DayFilter url={url} name="to" label={t.filter.to} />
        <ChoiceFilter url={url} name="kind" label={t.accounts.kind} choices={t.kinds} all={t.filter.all} />
      </Filters>
      <div class="cols">
        <Statement userId={userId} url={url} names={NAMES} />
        <div class="stackc">
          <Summary userId={userId} from={from} to={to} />
          <BalanceAt userId={userId} url={url} />
        </div>
      </div>
      {isAdjusting && account.data !== undefined && (
        <Adjust
          userId={userId}
          name={name ?? userId}
          balance={account.data.balance}
          onClose={() => setAdjusting(false)}
        />
      )}
    </>
  );
}

interface SummaryProps {
  readonly userId: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function Summary({ userId, from, to }: SummaryProps) {
  const { t, f } = useText();
  const query = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const summary = useGet(
    '/accounting/accounts/{userId}/summary',
    { path: { userId }, query },
    { pollMs: POLL_MS },
  );
  return (
    <Card title={t.accounts.summary} note={f.measures.currency}>
      <Block query={summary} height={190}>
        {({ opening, rewards, fees, payouts, others, closing, ...range }) => (
          <dl class="kv">
            <dt>{t.accounts.opening(f.day(range.from))}</dt>
            <dd>
              <Amount of={opening} />
            </dd>
            <dt>{t.accounts.rewards}</dt>
            <dd>{f.change(rewards)}</dd>
            <dt>{t.accounts.fees}</dt>
            <dd>{f.change(-fees)}</dd>
            <dt>{t.accounts.payouts}</dt>
            <dd>{f.change(-payouts)}</dd>
            <dt>{t.accounts.others}</dt>
            <dd>{f.change(others)}</dd>
            <dt class="sum">{t.accounts.closing(f.day(range.to))}</dt>
            <dd class="sum">
              <Amount of={closing} />
            </dd>
          </dl>
        )}
      </Block>
    </Card>
  );
}

/** The balance of the books at a time, which is written in the business zone. */
function BalanceAt({ userId, url }: { userId: string; url: UrlState }) {
  const { t, f } = useText();
  const { timeZone } = f.measures;
  const wall = url.query.at;
  const at = wall === undefined ? undefined : instantOf(wall, timeZone);
  const isFuture = at !== undefined && at.getTime() > Date.now();
  const balance = useGet(
    '/accounting/accounts/{userId}/balance',
    { path: { userId }, query: at === undefined ? {} : { at: at.toISOString() } },
    { enabled: at !== undefined && !isFuture },
  );
  return (
    <Card title={t.accounts.balanceAt} note={timeZone}>
      <div class="pad">
        <input
          type="datetime-local"
          aria-label={t.accounts.balanceAt}
          value={wall ?? ''}
          onChange={(event) => url.set({ at: event.currentTarget.value })}
        />
        {isFuture && <p>{t.accounts.future}</p>}
        {at !== undefined && !isFuture && (
          <Block query={balance} height={28}>
            {(data) => (
              <div class="big">
                <span>{f.full(data.at)}</span>
                <b>
                  <Amount of={data.balance} />
                </b>
              </div>
            )}
          </Block>
        )}
      </div>
    </Card>
  );
}
