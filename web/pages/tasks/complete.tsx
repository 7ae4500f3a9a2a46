/** The button that completes a task of one's own. */
import { useLocation } from 'preact-iso';
import type { Item } from '#client';
import { writer } from '../../api/client.ts';
import { useCommand, useRefresh } from '../../api/queries.ts';
import { Outcome } from '../../kit/form.tsx';
import { Icon } from '../../kit/icon.tsx';
import { hrefOf } from '../../kit/link.tsx';
import { useText } from '../../text/text.tsx';

export function Complete({ task }: { task: Pick<Item<'/tasks'>, 'id' | 'title'> }) {
  const { t } = useText();
  const { route } = useLocation();
  const refresh = useRefresh();
  const { state, isBusy, run } = useCommand(async (_: undefined, key) => {
    await writer.post('/tasks/{id}/complete', {
      params: { path: { id: task.id }, header: { 'Idempotency-Key': key } },
    });
    refresh('/tasks', '/tasks/counts', '/tasks/{id}');
    // The reward follows by an event: the story of the money waits for it.
    route(hrefOf(`/tasks/${task.id}`, { expect: 'reward' }));
  });
  return (
    <>
      <button
        class="btn s"
        type="button"
        data-complete
        disabled={isBusy}
        aria-label={`${t.tasks.complete}: ${task.title}`}
        onClick={() => void run(undefined)}
      >
        <Icon name="check" />
        {t.tasks.complete}
      </button>
      <Outcome state={state} />
    </>
  );
}
