/**
 * A task and the story of its money: who had it, what it cost and paid, and the proof of each line.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import { ProblemError } from '#client';
import { reader } from '../../api/client.ts';
import { failureOf } from '../../api/problems.ts';
import { useGet, useGets, useRead } from '../../api/queries.ts';
import { Gone } from '../../frame/gone.tsx';
import { Head } from '../../frame/head.tsx';
import { useKeys } from '../../frame/keys.tsx';
import { useUser } from '../../frame/user.tsx';
import { Block } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { useUrl, WrongUrl } from '../../kit/link.tsx';
import { useText } from '../../text/text.tsx';
import { Complete } from './complete.tsx';
import { CopyLink } from './copy-link.tsx';
import {
  type Assignment,
  awaitedOf,
  type Book,
  type Line,
  type Payout,
  referenceOf,
  stepsOf,
  type Task,
} from './story.ts';
import { StoryList } from './story-list.tsx';
import { CameTo, Proof } from './story-sums.tsx';

/** `expect`: the line that follows what the reader has just done (WEB-5). */
const FORMS = { expect: /^(fee|reward)$/ } as const;
const POLL_MS = 5_000;
/** How often, and how long, a line is asked for that is on its way, in milliseconds (WEB-5). */
const HURRY_POLL_MS = 500;
const HURRY_MS = 10_000;
/** A bound for the shuffles whose names are read. */
const MAX_SHUFFLES = 50;

export default function TaskPage() {
  const { t } = useText();
  const { id = '' } = useRoute().params;
  const task = useGet(
    '/tasks/{id}',
    { path: { id } },
    { pollMs: (last) => last?.status !== 'done' && POLL_MS },
  );
  if (task.error !== null && failureOf(task.error).code === 'not_found') return <Gone why="notFoundItem" />;
  if (task.data === undefined) {
    return (
      <>
        <Head title={t.pages.tasks} />
        <Card>
          <Block query={task} height={340}>
            {() => null}
          </Block>
        </Card>
      </>
    );
  }
  return (
    <Block query={task} height={340}>
      {(data) => <Story key={data.id} task={data} />}
    </Block>
  );
}

async function readAssignments(id: string): Promise<readonly Assignment[]> {
  const all: Assignment[] = [];
  for await (const each of reader.items('/tasks/{id}/assignments', { params: { path: { id } } })) {
    all.push(each);
  }
  return all;
}

/** Null before accounting has booked anything that the reader may see. */
async function readBook(taskId: string): Promise<Book | null> {
  const lines: Line[] = [];
  let cursor: string | null | undefined;
  try {
    for (;;) {
      const page = await reader.get('/accounting/tasks/{taskId}', {
        params: { path: { taskId }, query: cursor == null ? {} : { cursor } },
      });
      lines.push(...page.lines);
      cursor = page.nextCursor;
      if (cursor === null) return { fee: page.fee, reward: page.reward, lines };
    }
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'not_found') return null;
    throw error;
  }
}

interface DuePayout {
  readonly id: string;
  readonly businessDay: string;
  readonly employee: Line['employee'];
}

/** The payouts that paid these lines, each once. */
function payoutsOf(lines: readonly Line[]): readonly DuePayout[] {
  const due = new Map<string, DuePayout>();
  for (const { payout, employee } of lines) if (payout !== null) due.set(payout.id, { ...payout, employee });
  return [...due.values()];
}

function useStory(task: Task, isHurried: boolean) {
  const user = useUser();
  const only = user.is('accountant', 'admin') ? null : user.id;
  const { id, version } = task;
  const assignments = useRead('/tasks/{id}/assignments', [id, version], () => readAssignments(id));
  const book = useRead('/accounting/tasks/{taskId}', [id, version], () => readBook(id));
  const lines = book.data?.lines ?? [];
  const due = payoutsOf(lines);
  const statements = useGets(
    '/accounting/accounts/{userId}/statement',
    due.map(({ employee, businessDay: day }) => ({
      path: { userId: employee.id },
      query: { from: day, to: day, kind: 'payout' },
    })),
  );
  const days = useGets(
    '/accounting/days/{day}',
    only === null
      ? [...new Set(due.map(({ businessDay }) => businessDay))].map((day) => ({ path: { day } }))
      : [],
    { pollMs: (day) => day?.status !== 'closed' && POLL_MS },
  );
  const mails = useGets(
    '/mails',
    user.is('admin') ? due.map((payout) => ({ query: { reference: referenceOf(payout.id) } })) : [],
    { pollMs: (last) => !last?.items.some(({ status }) => status !== 'queued') && POLL_MS },
  );
  const shuffleIds = [...new Set((assignments.data ?? []).flatMap(({ shuffleId }) => shuffleId ?? []))];
  const shuffles = useGets(
    '/tasks/shuffles/{id}',
    user.is('manager', 'admin')
      ? shuffleIds.slice(-MAX_SHUFFLES).map((shuffleId) => ({ path: { id: shuffleId } }))
      : [],
  );
  const payouts = due.flatMap((payout, index): Payout[] => {
    const line = statements[index]?.data?.items[0];
    return line === undefined ? [] : [{ ...payout, line }];
  });
  const told = {
    task,
    assignments: assignments.data ?? [],
    book: book.data ?? null,
    payouts,
    days: days.flatMap(({ data }) => data ?? []),
    mails: mails.flatMap(({ data }) => data?.items ?? []),
  };
  const awaited = assignments.data === undefined || book.error !== null ? [] : awaitedOf(told, only);
  const isUnsealed = lines.some(({ block }) => block === null);
  // A slow answer must not be cancelled by the next question.
  const ask = () => void book.refetch({ cancelRefetch: false });
  const isLate = useWait(awaited.length > 0, isHurried, isUnsealed, ask);
  const parts = [...statements, ...days, ...shuffles];
  // Shown at once with its parts, and never hidden again: steps would move otherwise.
  const isReady = useRef(false);
  isReady.current ||= [assignments, book, ...parts].every(({ isPending }) => !isPending);
  return {
    only,
    told,
    assignments,
    book,
    awaited,
    isLate,
    shuffles: new Map(shuffles.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data] as const]))),
    isReady: isReady.current,
    isPartial: [...parts, ...mails].some(({ error }) => error !== null),
  };
}

/** Asks again while something is awaited. Returns whether it is late. */
function useWait(isAwaited: boolean, isHurried: boolean, isUnsealed: boolean, ask: () => void): boolean {
  const [isLate, setLate] = useState(false);
  const isFast = isAwaited && isHurried && !isLate;
  const pollMs = isFast ? HURRY_POLL_MS : isAwaited || isUnsealed ? POLL_MS : undefined;
  useEffect(() => {
    if (!isAwaited) return;
    setLate(false);
    const timer = setTimeout(() => setLate(true), HURRY_MS);
    return () => clearTimeout(timer);
  }, [isAwaited]);
  useEffect(() => {
    if (pollMs === undefined) return;
    const timer = setInterval(ask, pollMs);
    return () => clearInterval(timer);
    // `ask` is another function at each rendering, and does the same.
  }, [pollMs]);
  return isLate;
}

function Story({ task }: { task: Task }) {
  const { t } = useText();
  const user = useUser();
  const url = useUrl(FORMS);
  const story = useStory(task, url.query.expect !== undefined);
  const { only, told, assignments, book, awaited, isLate, shuffles, isReady, isPartial } = story;
  const isOpen = task.status === 'open';
  useKeys({ c: () => document.querySelector<HTMLElement>('main [data-complete]')?.click() });
  return (
    <>
      <div class="crumb">
        <a href="/tasks">{t.pages.tasks}</a>
        {task.externalId !== null && (
          <>
            {' / '}
            <span class="mono">{task.externalId}</span>
          </>
        )}
      </div>
      <Head
        title={task.title}
        note={<span class={`tag${isOpen ? '' : ' ok'}`}>{t.story.status[task.status]}</span>}
        actions={
          <>
            {isOpen && task.assignee.id === user.id && <Complete task={task} />}
            <CopyLink />
          </>
        }
      />
      <WrongUrl url={url} />
      {task.description !== '' && <p class="sub pre">{task.description}</p>}
      <div class="cols">
        <Block query={{ ...assignments, data: isReady ? assignments.data : undefined }} height={340}>
          {() => (
            <StoryList
              steps={stepsOf(told)}
              awaited={awaited}
              isLate={isLate}
              shuffles={shuffles}
              isOwnOnly={only !== null}
              isPartial={isPartial}
              book={book}
            />
          )}
        </Block>
        <div class="stackc">
          <CameTo lines={told.book?.lines ?? []} isOwnOnly={only !== null} />
          <Proof lines={told.book?.lines ?? []} id={task.id} />
        </div>
      </div>
    </>
  );
}
