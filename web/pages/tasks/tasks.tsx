/** The lists of tasks, by tab and filter. Tasks are created, completed and shuffled here. */
import { useState } from 'preact/hooks';
import type { Item } from '#client';
import { useGet } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { useKeys } from '../../frame/keys.tsx';
import { type User, useUser } from '../../frame/user.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Icon } from '../../kit/icon.tsx';
import { DAY_FORM, hrefOf, Pager, Tab, Tabs, type UrlState, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Time, You } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { Complete } from './complete.tsx';
import { NewTask } from './new-task.tsx';
import { RunningShuffle, Shuffle } from './shuffle.tsx';

type Task = Item<'/tasks'>;

const POLL_MS = 5_000;
const PAGE = 50;
const FORMS = {
  status: /^(open|done|all)$/,
  assignee: /./,
  text: /./,
  createdFrom: DAY_FORM,
  createdTo: DAY_FORM,
  sort: /^-?(createdAt|completedAt|title)$/,
} as const;

export default function Tasks() {
  const { t, f } = useText();
  const user = useUser();
  const url = useUrl(FORMS);
  const [dialog, setDialog] = useState<'new' | 'shuffle'>();
  const mayShuffle = user.is('manager', 'admin');
  useKeys({ n: () => setDialog('new') });
  const counts = useGet('/tasks/counts', {}, { pollMs: POLL_MS });
  const { status = 'open', assignee, text, createdFrom, createdTo, sort, cursor } = url.query;
  const query = {
    limit: PAGE,
    ...(status === 'all' ? {} : { status: status as 'open' | 'done' }),
    ...(assignee === undefined ? {} : { assignee }),
    ...(text === undefined ? {} : { text }),
    ...(createdFrom === undefined ? {} : { createdFrom }),
    ...(createdTo === undefined ? {} : { createdTo }),
    ...(sort === undefined ? {} : { sort: sort as '-createdAt' }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const tasks = useGet('/tasks', { query }, { pollMs: POLL_MS });
  const isMine = assignee === 'me';
  const tab = (
    name: string,
    is: Readonly<Record<string, string | undefined>>,
    isCurrent: boolean,
    count?: string,
  ) => (
    <Tab href={hrefOf('/tasks', is)} isCurrent={isCurrent}>
      {name}
      {count !== undefined && <span>{count}</span>}
    </Tab>
  );
  const hasFilters = [text, createdFrom, createdTo, isMine ? undefined : assignee].some(
    (each) => each !== undefined,
  );
  return (
    <>
      <Head
        title={t.pages.tasks}
        actions={
          <>
            {mayShuffle && (
              <button class="btn" type="button" onClick={() => setDialog('shuffle')}>
                <Icon name="shuffle" />
                {t.tasks.shuffle}…
              </button>
            )}
            <button class="btn p" type="button" onClick={() => setDialog('new')}>
              <Icon name="plus" />
              {t.tasks.create}
            </button>
          </>
        }
      />
      <WrongUrl url={url} />
      {mayShuffle && <RunningShuffle />}
      <Tabs label={t.tasks.which}>
        {tab(t.tasks.open, {}, status === 'open' && !isMine, counts.data && f.capped(counts.data.open))}
        {tab(t.tasks.mine, { assignee: 'me' }, isMine, counts.data && f.capped(counts.data.mine))}
        {tab(
          t.tasks.done,
          { status: 'done' },
          status === 'done' && !isMine,
          counts.data && f.capped(counts.data.done),
        )}
        {tab(t.tasks.all, { status: 'all' }, status === 'all' && !isMine)}
      </Tabs>
      <Filters url={url} hasFilters={hasFilters} asOf={f.clock(tasks.dataUpdatedAt || Date.now())} />
      <section class="card" aria-label={t.pages.tasks}>
        <Block
          query={tasks}
          height={340}
          empty={({ items }) =>
            items.length > 0 ? undefined : hasFilters ? (
              <Empty>
                <p>{t.block.nothing}</p>
                <a
                  class="btn s"
                  href={url.with({
                    text: undefined,
                    createdFrom: undefined,
                    createdTo: undefined,
                    ...(isMine ? {} : { assignee: undefined }),
                  })}
                >
                  {t.block.clear}
                </a>
              </Empty>
            ) : (
              <NoTasks user={user} isMine={isMine} assignable={counts.data?.assignable.count} />
            )
          }
        >
          {({ items, nextCursor }) => (
            <>
              <TaskTable tasks={items} user={user} />
              <Pager url={url} nextCursor={nextCursor}>
                {t.tasks.shown(items.length)}
              </Pager>
            </>
          )}
        </Block>
      </section>
      {dialog === 'new' && <NewTask onClose={() => setDialog(undefined)} />}
      {dialog === 'shuffle' && (
        <Shuffle
          open={counts.data?.open}
          assignable={counts.data?.assignable}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  );
}

function Filters({ url, hasFilters, asOf }: { url: UrlState; hasFilters: boolean; asOf: string }) {
  const { t } = useText();
  const { text = '', createdFrom = '', createdTo = '', sort = '-createdAt' } = url.query;
  const [typed, type] = useState(text);
  const day = (name: 'createdFrom' | 'createdTo', label: string, value: string) => (
    <label>
      {label}
      <input type="date" value={value} onChange={(event) => url.set({ [name]: event.currentTarget.value })} />
    </label>
  );
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        url.set({ text: typed });
      }}
    >
      <input
        type="search"
        value={typed}
        placeholder={t.tasks.text}
        aria-label={t.tasks.text}
        onInput={(event) => type(event.currentTarget.value)}
        onChange={(event) => url.set({ text: event.currentTarget.value })}
      />
      {day('createdFrom', t.tasks.createdFrom, createdFrom)}
      {day('createdTo', t.tasks.createdTo, createdTo)}
      <label>
        {t.tasks.sort}
        <select value={sort} onChange={(event) => url.set({ sort: event.currentTarget.value })}>
          {Object.entries(t.tasks.sorts).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {hasFilters && (
        <a href={hrefOf('/tasks', { status: url.query.status })} onClick={() => type('')}>
          {t.block.clear}
        </a>
      )}
      <span class="grow" />
      <span class="mut">{t.block.asOf(asOf)}</span>
    </form>
  );
}

function NoTasks({
  user,
  isMine,
  assignable,
}: {
  user: User;
  isMine: boolean;
  assignable: number | undefined;
}) {
  const { t } = useText();
  const isAdmin = user.roles.includes('admin');
  if (assignable === 0) {
    return (
      <Empty>
        <p>{t.tasks.nobody}</p>
        {isAdmin && (
          <a class="btn p" href="/users?new=1">
            {t.tasks.register}
          </a>
        )}
      </Empty>
    );
  }
  return <Empty>{isMine ? t.tasks.noneMine : t.tasks.none}</Empty>;
}

function TaskTable({ tasks, user }: { tasks: readonly Task[]; user: User }) {
  const { t, f } = useText();
  return (
    <table class="stack">
      <caption class="hidden">{t.pages.tasks}</caption>
      <thead>
        <tr>
          <th>{t.frame.task}</th>
          <th>{t.tasks.assignee}</th>
          <th class="n">{t.tasks.draws}</th>
          <th>{t.tasks.created}</th>
          <th>{t.tasks.by}</th>
          <th>
            <span class="hidden">{t.tasks.complete}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => {
          const isMine = task.assignee.id === user.id;
          return (
            <tr key={task.id} class={isMine ? 'mine' : undefined}>
              <td class="t">
                <a href={`/tasks/${task.id}`} data-row>
                  {task.title}
                </a>{' '}
                {task.externalId !== null && <span class="mono">{task.externalId}</span>}
                {task.description !== '' && <span class="d">{task.description}</span>}
              </td>
              <td>
                {task.assignee.name}
                {isMine && <You />}
              </td>
              <td class="n hide">{f.count(task.version - (task.status === 'done' ? 1 : 0))}</td>
              <td class="hide">
                <Time at={task.createdAt} />
              </td>
              <td class="hide">{task.createdBy.name}</td>
              <td>
                {task.completedAt !== null ? (
                  <span class="mut nowrap">
                    {t.tasks.doneAt} <Time at={task.completedAt} />
                  </span>
                ) : (
                  isMine && <Complete task={task} />
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
