/** The bar above each page: search, the open day, the badge, the user's menu. */
import { useEffect, useState } from 'preact/hooks';
import { useGet } from '../api/queries.ts';
import { session } from '../api/session.ts';
import { Icon } from '../kit/icon.tsx';
import { useText } from '../text/text.tsx';
import { Badge } from './badge.tsx';
import { useUser } from './user.tsx';

const META_POLL_MS = 60_000;
/** How often the time until the close is written anew, in milliseconds. */
const TICK_MS = 10_000;
/** Below this the time that is left is shown, else the time of the close. */
const SOON_SECONDS = 24 * 60 * 60;

function OpenDay() {
  const { t, f } = useText();
  const user = useUser();
  const { data } = useGet('/meta', {}, { pollMs: META_POLL_MS });
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  if (data === undefined) return null;
  const left = (Date.parse(data.dayEndsAt) - now) / 1_000;
  const content = (
    <>
      <Icon name="day" />
      {f.dayShort(data.businessDay)}
      <span class="opt">
        {' · '}
        {left < SOON_SECONDS ? t.frame.closesIn(f.span(left)) : t.frame.ends(f.moment(data.dayEndsAt))}
      </span>
    </>
  );
  return user.is('accountant', 'admin') ? (
    <a class="chip" href="/days/today" title={t.frame.zone(data.timeZone)}>
      {content}
    </a>
  ) : (
    <span class="chip" title={t.frame.zone(data.timeZone)}>
      {content}
    </span>
  );
}

const initialsOf = (name: string): string =>
  name
    .split(/\s+/u)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('');

function UserMenu() {
  const { t } = useText();
  const user = useUser();
  return (
    <>
      <button class="me" type="button" popovertarget="user-menu">
        <span aria-hidden="true">{initialsOf(user.name)}</span>
        <span class="hidden">
          {t.frame.account}: {user.name}
        </span>
      </button>
      <div class="pop" id="user-menu" popover="auto">
        <p class="pad">
          <b>{user.name}</b>
          <span class="mut">{user.roles.map((role) => t.roles[role] ?? role).join(', ')}</span>
        </p>
        <a href="/profile">{t.frame.profile}</a>
        <button class="item" type="button" onClick={() => void session.signOut()}>
          {t.frame.signOut}
        </button>
      </div>
    </>
  );
}

export function Top({ onFind }: { onFind: () => void }) {
  const { t } = useText();
  const user = useUser();
  const find = user.is('accountant', 'manager', 'admin') ? t.frame.find : t.frame.findTasks;
  return (
    <header class="top">
      <button class="btn s menu" type="button" popovertarget="side" aria-label={t.frame.menu}>
        <Icon name="menu" />
      </button>
      <button class="find" type="button" onClick={onFind} aria-label={find}>
        <Icon name="search" />
        <span>{find}</span>
        <kbd>/</kbd>
      </button>
      <span class="grow" />
      <OpenDay />
      {user.is('accountant', 'admin') && <Badge />}
      <UserMenu />
    </header>
  );
}
