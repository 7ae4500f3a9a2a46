/** One account: what it is, what its owner has, where they are signed in. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import { writer } from '../../api/client.ts';
import { isMissing } from '../../api/problems.ts';
import { useGet, useRefresh } from '../../api/queries.ts';
import { Gone } from '../../frame/gone.tsx';
import { Head } from '../../frame/head.tsx';
import { type User, useUser } from '../../frame/user.tsx';
import { Block } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { hrefOf, ID_FORM, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Time, You } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { ChangeRoles, ChangeUser, IssueCode, NewBeak, SetActive } from './changes.tsx';
import { Holdings } from './holdings.tsx';
import { Sessions } from './sessions.tsx';

export default function UserPage() {
  const { t } = useText();
  const { id = '' } = useRoute().params;
  const url = useUrl({});
  const me = useUser();
  const isId = ID_FORM.test(id);
  const query = useGet('/users/{id}', { path: { id } }, { enabled: isId });
  if (!isId || isMissing(query.error)) return <Gone why="notFoundItem" />;
  const isKnown = query.data !== undefined;
  return (
    <>
      <Head
        title={query.data?.name ?? t.pages.users}
        note={
          <>
            <a href="/users">{t.pages.users}</a>
            {id === me.id && <You />}
          </>
        }
      />
      <WrongUrl url={url} />
      <div class="cols">
        <div class="stackc">
          <Card>
            <Block query={query} height={280}>
              {(user) => <Account user={user} />}
            </Block>
          </Card>
          {isKnown && me.is('admin') && <SessionsOf id={id} />}
        </div>
        <div class="stackc">
          {isKnown && <Holdings id={id} />}
          {me.is('admin') && query.data !== undefined && <Changes user={query.data} />}
        </div>
      </div>
    </>
  );
}

function Account({ user }: { user: User }) {
  const { t } = useText();
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    [t.users.login, user.login],
    [t.users.email, user.email],
    [t.users.roles, user.roles.map((role) => t.roles[role] ?? role).join(', ') || t.users.noRoles],
    [
      t.users.state,
      <span key="state" class={user.active ? 'dot ok' : 'dot'}>
        {user.active ? t.users.active : t.users.inactive}
      </span>,
    ],
    [
      t.users.locale,
      user.locale === null ? t.users.localeOfSystem : (t.languages[user.locale] ?? user.locale),
    ],
    [t.users.created, <Time key="created" at={user.createdAt} form="full" />],
    [
      t.users.lastSignIn,
      user.lastSignInAt === null ? t.users.never : <Time key="last" at={user.lastSignInAt} form="full" />,
    ],
  ];
  return (
    <>
      <dl class="kv text">
        {rows.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
      {user.mustChangeBeak && <div class="foot">{t.users.mustChange}</div>}
    </>
  );
}

function SessionsOf({ id }: { id: string }) {
  const { t } = useText();
  const refresh = useRefresh();
  const query = useGet('/users/{id}/sessions', { path: { id }, query: { limit: 20 } });
  const after = (done: Promise<unknown>) => done.then(() => refresh('/users/{id}/sessions'));
  return (
    <Sessions
      query={query}
      all={t.sessions.endAll}
      hasOthers={(items) => items.length > 0}
      onEnd={(sessionId) =>
        after(writer.delete('/users/{id}/sessions/{sessionId}', { params: { path: { id, sessionId } } }))
      }
      onEndAll={() => after(writer.delete('/users/{id}/sessions', { params: { path: { id } } }))}
    />
  );
}

const CHANGES = {
  change: ChangeUser,
  roles: ChangeRoles,
  active: SetActive,
  beak: NewBeak,
  code: IssueCode,
} as const;
type ChangeName = keyof typeof CHANGES;

function Changes({ user }: { user: User }) {
  const { t } = useText();
  const me = useUser();
  const [open, setOpen] = useState<ChangeName>();
  const isAdmin = user.active && user.roles.includes('admin');
  const admins = useGet('/users', { query: { role: 'admin', active: true, limit: 2 } }, { enabled: isAdmin });
  // The server refuses to deactivate the last admin, so the button is not offered.
  const isLast = isAdmin && (admins.data?.items.length ?? 0) < 2;
  const Open = open === undefined ? undefined : CHANGES[open];
  const button = (name: ChangeName, text: string, isGrave = false) => (
    <button class={isGrave ? 'btn d' : 'btn'} type="button" onClick={() => setOpen(name)}>
      {text}…
    </button>
  );
  return (
    <Card title={t.users.changes}>
      <div class="pad">
        {button('change', t.users.change)}
        {button('roles', t.users.changeRoles)}
        {user.id === me.id ? (
          <a class="btn" href="/profile">
            {t.users.ownBeak}
          </a>
        ) : (
          button('beak', t.users.newBeak)
        )}
        {user.active && user.id !== me.id && button('code', t.users.code)}
        {!isLast && button('active', user.active ? t.users.deactivate : t.users.activate, user.active)}
        {isLast && <span class="mut">{t.users.lastAdmin}</span>}
      </div>
      <div class="foot">
        <a href={hrefOf('/audit', { subject: `user/${user.id}` })}>{t.users.history}</a>
        <a href={hrefOf('/audit', { actor: user.id })}>{t.users.deeds}</a>
      </div>
      {Open && <Open user={user} onClose={() => setOpen(undefined)} />}
    </Card>
  );
}
