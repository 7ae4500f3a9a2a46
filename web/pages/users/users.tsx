/** The accounts of people. Admins register them here; managers read. */
import { useGet } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { useKeys } from '../../frame/keys.tsx';
import { useUser } from '../../frame/user.tsx';
import { Block } from '../../kit/block.tsx';
import { ChoiceFilter, Filters, NothingMatches, TextFilter } from '../../kit/filter.tsx';
import { Icon } from '../../kit/icon.tsx';
import { Pager, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Time, You } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { NewUser } from './new-user.tsx';

const PAGE = 50;
const FORMS = { text: /./, role: /^[a-z][a-z0-9_-]{0,62}$/, active: /^(true|false)$/, new: /^1$/ };
const FILTERS = ['text', 'role', 'active'];

export default function Users() {
  const { t } = useText();
  const me = useUser();
  const url = useUrl(FORMS);
  const mayChange = me.is('admin');
  const { text, role, active, cursor } = url.query;
  const query = {
    limit: PAGE,
    ...(text !== undefined && { text }),
    ...(role !== undefined && { role }),
    ...(active !== undefined && { active: active === 'true' }),
    ...(cursor !== undefined && { cursor }),
  };
  const users = useGet('/users', { query });
  const create = () => url.set({ new: '1' });
  useKeys(mayChange ? { n: create } : {});
  return (
    <>
      <Head
        title={t.pages.users}
        actions={
          mayChange && (
            <button class="btn p" type="button" onClick={create}>
              <Icon name="plus" />
              {t.users.create}
            </button>
          )
        }
      />
      <WrongUrl url={url} />
      <Filters url={url} names={FILTERS}>
        <TextFilter url={url} name="text" label={t.users.text} />
        <ChoiceFilter url={url} name="role" label={t.users.role} choices={t.roles} all={t.filter.all} />
        <ChoiceFilter
          url={url}
          name="active"
          label={t.users.state}
          choices={t.users.states}
          all={t.filter.all}
        />
      </Filters>
      <section class="card" aria-label={t.pages.users}>
        <Block
          query={users}
          height={340}
          empty={({ items }) =>
            items.length === 0 ? <NothingMatches url={url} names={FILTERS} /> : undefined
          }
        >
          {({ items, nextCursor }) => (
            <>
              <table class="stack">
                <caption class="hidden">{t.pages.users}</caption>
                <thead>
                  <tr>
                    <th>{t.users.name}</th>
                    <th>{t.users.login}</th>
                    <th>{t.users.roles}</th>
                    <th>{t.users.state}</th>
                    <th>{t.users.lastSignIn}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((user) => (
                    <tr key={user.id} class={user.id === me.id ? 'mine' : undefined}>
                      <td class="t l1">
                        <a href={`/users/${user.id}`} data-row>
                          {user.name}
                        </a>
                        {user.id === me.id && <You />}
                      </td>
                      <td class="hide">{user.login}</td>
                      <td class="l2">{user.roles.map((each) => t.roles[each] ?? each).join(', ')}</td>
                      <td class="r1">
                        <span class={user.active ? 'dot ok' : 'dot'}>
                          {user.active ? t.users.active : t.users.inactive}
                        </span>
                      </td>
                      <td class="r2">
                        <Time at={user.lastSignInAt} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <Pager url={url} nextCursor={nextCursor}>
                {t.users.shown(items.length)}
              </Pager>
            </>
          )}
        </Block>
      </section>
      {mayChange && url.query.new !== undefined && <NewUser onClose={() => url.set({ new: undefined })} />}
    </>
  );
}
