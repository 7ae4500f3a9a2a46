/** The navigation: the pages that the user's roles may open (WEB-2). */
import { useLocation } from 'preact-iso';
import { useGet } from '../api/queries.ts';
import { Icon } from '../kit/icon.tsx';
import { useText } from '../text/text.tsx';
import { mayOpen, PAGES, type Page } from './pages.ts';
import { useUser } from './user.tsx';

const COUNTS_POLL_MS = 15_000;
const LETTERS_POLL_MS = 30_000;

export function Side() {
  const { t, f } = useText();
  const { path } = useLocation();
  const user = useUser();
  const counts = useGet('/tasks/counts', {}, { pollMs: COUNTS_POLL_MS });
  const causes = useGet('/dead-letters/causes', {}, { pollMs: LETTERS_POLL_MS, enabled: user.is('admin') });
  const letters = (causes.data?.items ?? []).reduce((sum, { count }) => sum + count, 0);
  const pages = PAGES.filter((page) => mayOpen(page, user.roles));
  const groups = [...new Set(pages.flatMap(({ nav }) => nav?.group ?? []))];
  const markOf = ({ path: of }: Page) => {
    if (of === '/tasks') return counts.data && <span>{f.capped(counts.data.open)}</span>;
    if (of === '/dead-letters' && letters > 0) return <span class="neg">{f.count(letters)}</span>;
    return undefined;
  };
  return (
    <div class="side" id="side" popover="auto">
      <a class="brand" href="/">
        <i aria-hidden="true">a</i>aTES
      </a>
      <nav aria-label={t.frame.main}>
        {groups.map((group) => (
          <>
            <b>{t.groups[group]}</b>
            {pages
              .filter(({ nav }) => nav?.group === group)
              .map((page) => (
                <a
                  key={page.path}
                  href={page.path}
                  aria-current={path === page.path || path.startsWith(`${page.path}/`) ? 'page' : undefined}
                >
                  {page.nav && <Icon name={page.nav.icon} />}
                  {page.nav && t.pages[page.nav.title]}
                  {markOf(page)}
                </a>
              ))}
          </>
        ))}
      </nav>
    </div>
  );
}
