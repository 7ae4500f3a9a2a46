/** Starts a shuffle, and shows how far it is. */
import { writer } from '../../api/client.ts';
import { useCommand, useGet, useRefresh } from '../../api/queries.ts';
import { useUser } from '../../frame/user.tsx';
import { Confirm } from '../../kit/form.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

interface Count {
  readonly count: number;
  readonly capped: boolean;
}
interface Props {
  readonly open: Count | undefined;
  readonly assignable: Count | undefined;
  readonly onClose: () => void;
}

export function Shuffle({ open, assignable, onClose }: Props) {
  const { t, f } = useText();
  const refresh = useRefresh();
  const { state, run } = useCommand(async (_: undefined, key) => {
    await writer.post('/tasks/shuffles', { params: { header: { 'Idempotency-Key': key } } });
    refresh('/tasks/shuffles');
    onClose();
  });
  return (
    <Confirm
      title={t.tasks.shuffleTitle}
      verb={t.tasks.shuffle}
      state={state}
      onClose={onClose}
      onConfirm={() => void run(undefined)}
    >
      <p>{t.tasks.shuffleWhat(f.capped(open), f.capped(assignable))}</p>
    </Confirm>
  );
}

/** Asked this often, in milliseconds (WEB-26: a shuffle is watched over a reload). */
const POLL_MS = 1_000;
const IDLE_POLL_MS = 5_000;

export function RunningShuffle() {
  const { t, f } = useText();
  const user = useUser();
  const newest = useGet('/tasks/shuffles', { query: { limit: 1 } }, { pollMs: IDLE_POLL_MS });
  const id = newest.data?.items[0]?.id;
  const isRunning = newest.data?.items[0]?.status === 'running';
  const { data = newest.data?.items[0] } = useGet(
    '/tasks/shuffles/{id}',
    { path: { id: id ?? '' } },
    { pollMs: POLL_MS, enabled: isRunning },
  );
  if (data?.status !== 'running') return null;
  const { done, total, requestedBy, requestedAt } = data;
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  return (
    <section class="card job" aria-label={t.tasks.shuffle}>
      <span class="dot run">
        <b>{t.tasks.shuffleRuns}</b>
      </span>
      <span class="sub">
        {t.tasks.drawn(f.count(done), f.count(total))} ·{' '}
        {t.tasks.startedBy(requestedBy.id === user.id ? t.frame.you : requestedBy.name)}{' '}
        <Time at={requestedAt} form="clock" />
      </span>
      <span class="n">{percent} %</span>
      <progress value={done} max={Math.max(1, total)} aria-label={t.tasks.shuffleRuns} />
    </section>
  );
}
