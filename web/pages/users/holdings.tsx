/** What somebody has: open tasks and a balance. */
import { useGet } from '../../api/queries.ts';
import { useUser } from '../../frame/user.tsx';
import { Card } from '../../kit/card.tsx';
import { hrefOf } from '../../kit/link.tsx';
import { Amount } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

/** The most tasks that are counted. */
const COUNTED = 200;

/** The open tasks and, for readers who may see it, the balance of a person. */
function useHoldings(id: string) {
  const { f } = useText();
  const seesBooks = useUser().is('accountant', 'admin');
  const tasks = useGet('/tasks', { query: { status: 'open', assignee: id, limit: COUNTED } });
  const account = useGet('/accounting/accounts/{userId}', { path: { userId: id } }, { enabled: seesBooks });
  return {
    seesBooks,
    tasks: f.capped(tasks.data && { count: tasks.data.items.length, capped: tasks.data.nextCursor !== null }),
    account: account.data,
    isKnown: tasks.data !== undefined && (!seesBooks || account.data !== undefined),
  };
}

export function Holdings({ id }: { id: string }) {
  const { t } = useText();
  const { tasks, account, seesBooks } = useHoldings(id);
  return (
    <Card title={t.users.has}>
      <dl class="kv">
        <dt>{t.users.openTasks}</dt>
        <dd>
          <a href={hrefOf('/tasks', { assignee: id })}>{tasks}</a>
        </dd>
        {seesBooks && (
          <>
            <dt>{t.today.balance}</dt>
            <dd>
              <a href={`/accounts/${id}`}>
                <Amount of={account?.balance} /> {account?.currency}
              </a>
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}

/** The same as a sentence, for confirmations (WEB-7). */
export function HoldingsSentence({ id, name }: { id: string; name: string }) {
  const { t, f } = useText();
  const { tasks, account } = useHoldings(id);
  const balance =
    account === undefined ? f.amount(undefined) : `${f.amount(account.balance)} ${account.currency}`;
  return <p>{t.users.holdings(name, tasks, balance)}</p>;
}
