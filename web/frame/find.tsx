/** The search for tasks, people and days (WEB-1). */
import { useEffect, useState } from 'preact/hooks';
import { useGet } from '../api/queries.ts';
import { Dialog } from '../kit/form.tsx';
import { DAY_FORM, hrefOf } from '../kit/link.tsx';
import { useText } from '../text/text.tsx';
import { useUser } from './user.tsx';

/** The pause after the last key before the server is asked, in milliseconds. */
const PAUSE_MS = 200;
const RESULTS = 5;

interface Hit {
  readonly href: string;
  readonly title: string;
  readonly what: string;
}

export function Find({ onClose }: { onClose: () => void }) {
  const { t, f } = useText();
  const user = useUser();
  const [typed, type] = useState('');
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const enabled = text.length > 0;
  const query = { text, limit: RESULTS };
  const seesBooks = user.is('accountant', 'admin');
  const tasks = useGet('/tasks', { query }, { enabled });
  const people = useGet('/users', { query }, { enabled: enabled && user.is('manager', 'admin') });
  const owners = useGet(
    '/accounting/accounts',
    { query },
    { enabled: enabled && seesBooks && !user.is('admin') },
  );
  const hits: readonly Hit[] = [
    ...(seesBooks && DAY_FORM.test(text)
      ? [{ href: `/days/${text}`, title: f.day(text), what: t.frame.day }]
      : []),
    ...(tasks.data?.items ?? []).map(({ id, title, externalId }) => ({
      href: `/tasks/${id}`,
      title: externalId === null ? title : `${title} (${externalId})`,
      what: t.frame.task,
    })),
    ...(people.data?.items ?? []).map(({ id, name }) => ({
      href: seesBooks ? `/accounts/${id}` : hrefOf('/tasks', { assignee: id }),
      title: name,
      what: t.frame.person,
    })),
    ...(owners.data?.items ?? []).map(({ userId, name }) => ({
      href: `/accounts/${userId}`,
      title: name,
      what: t.frame.person,
    })),
  ];
  const isAnswered = enabled && tasks.isFetched;
  return (
    <Dialog title={t.frame.find} onClose={onClose}>
      <input
        // Escape clears a search input, and must close the dialog.
        type="text"
        value={typed}
        aria-label={t.frame.find}
        onInput={(event) => type(event.currentTarget.value)}
      />
      {isAnswered && hits.length === 0 && <p class="mut">{t.frame.nothingFound}</p>}
      <ul class="results">
        {hits.map(({ href, title, what }) => (
          <li key={`${what} ${href}`}>
            <a href={href} onClick={onClose}>
              {title} <span class="mut">{what}</span>
            </a>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
