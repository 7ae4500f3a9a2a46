/**
 * What people set for themselves: their account, the look of the pages, their beak, their sessions.
 */
import { useState } from 'preact/hooks';
import { writer } from '../../api/client.ts';
import { useCommand, useGet, useRefresh } from '../../api/queries.ts';
import { session } from '../../api/session.ts';
import { Head } from '../../frame/head.tsx';
import { keysAreOn, turnKeys } from '../../frame/keys.tsx';
import { applyTheme, THEMES, type Theme, themeNow } from '../../frame/theme.ts';
import { useUser } from '../../frame/user.tsx';
import { Card } from '../../kit/card.tsx';
import { Field, Outcome, TextField, useFieldErrors } from '../../kit/form.tsx';
import { useUrl, WrongUrl } from '../../kit/link.tsx';
import { LANGUAGES, type Language } from '../../text/format.ts';
import { useText } from '../../text/text.tsx';
import { LocaleField } from '../users/fields.tsx';
import { Sessions } from '../users/sessions.tsx';

export default function Profile() {
  const { t } = useText();
  const url = useUrl({});
  return (
    <>
      <Head title={t.pages.profile} />
      <WrongUrl url={url} />
      <div class="cols">
        <div class="stackc">
          <Account />
          <OwnSessions />
        </div>
        <div class="stackc">
          <Look />
          <Beak />
        </div>
      </div>
    </>
  );
}

function Saved({ isShown }: { isShown: boolean }) {
  const { t } = useText();
  return isShown ? (
    <span class="dot ok" role="status">
      {t.profile.saved}
    </span>
  ) : null;
}

function Account() {
  const { t } = useText();
  const user = useUser();
  const refresh = useRefresh();
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email);
  const [locale, setLocale] = useState(user.locale ?? '');
  const [isSaved, setSaved] = useState(false);
  const { state, isBusy, run } = useCommand(async () => {
    await writer.patch('/auth/me', { body: { name, email, locale: locale === '' ? null : locale } });
    refresh('/auth/me');
    setSaved(true);
  });
  const errors = useFieldErrors(state);
  const isSame = name === user.name && email === user.email && locale === (user.locale ?? '');
  return (
    <Card
      title={t.profile.account}
      note={`${user.login} · ${user.roles.map((role) => t.roles[role] ?? role).join(', ')}`}
    >
      <form
        class="pad"
        onInput={() => setSaved(false)}
        onSubmit={(event) => {
          event.preventDefault();
          void run(undefined);
        }}
      >
        <TextField
          label={t.users.name}
          autocomplete="name"
          required
          value={name}
          error={errors.name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <TextField
          label={t.users.email}
          hint={t.users.emailHint}
          type="email"
          autocomplete="email"
          required
          value={email}
          error={errors.email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <LocaleField value={locale} error={errors.locale} onChange={setLocale} />
        <Outcome state={state} />
        <div class="actions">
          <button class="btn p" type="submit" disabled={isBusy || isSame}>
            {t.command.save}
          </button>
          <Saved isShown={isSaved} />
        </div>
      </form>
    </Card>
  );
}

function Look() {
  const { t, language, setLanguage } = useText();
  const [theme, setTheme] = useState(themeNow);
  const [isOn, setOn] = useState(keysAreOn);
  return (
    <Card title={t.profile.look}>
      <div class="pad">
        <Field label={t.profile.language}>
          {(attributes) => (
            <select
              {...attributes}
              value={language}
              onChange={(event) => setLanguage(event.currentTarget.value as Language)}
            >
              {LANGUAGES.map((each) => (
                <option key={each} value={each} lang={each}>
                  {t.languages[each]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t.profile.theme}>
          {(attributes) => (
            <select
              {...attributes}
              value={theme}
              onChange={(event) => {
                const chosen = event.currentTarget.value as Theme;
                applyTheme(chosen);
                setTheme(chosen);
              }}
            >
              {THEMES.map((each) => (
                <option key={each} value={each}>
                  {t.profile.themes[each]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={isOn}
            onChange={(event) => {
              turnKeys(event.currentTarget.checked);
              setOn(event.currentTarget.checked);
            }}
          />
          <span>
            {t.profile.keys} <kbd>?</kbd>
          </span>
        </label>
        <p class="mut">{t.profile.here}</p>
      </div>
    </Card>
  );
}

function Beak() {
  const { t } = useText();
  const user = useUser();
  const refresh = useRefresh();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [isSaved, setSaved] = useState(false);
  const { state, isBusy, run, changed } = useCommand(async (_: undefined, key) => {
    await writer.post('/auth/me/beak', {
      params: { header: { 'Idempotency-Key': key } },
      body: { current, next },
    });
    setCurrent('');
    setNext('');
    setSaved(true);
    // The new beak has made the access token stale. The reads below would be refused first.
    const token = await session.accessToken();
    if (token !== null) await session.insteadOf(token);
    refresh('/auth/me', '/auth/sessions');
  });
  const errors = useFieldErrors(state);
  const isWrong = state.is === 'refused' && state.failure.code === 'wrong_credentials';
  const change = (set: (value: string) => void) => (event: { currentTarget: HTMLInputElement }) => {
    set(event.currentTarget.value);
    setSaved(false);
    changed();
  };
  return (
    <Card title={t.users.beak}>
      <form
        class="pad"
        onSubmit={(event) => {
          event.preventDefault();
          void run(undefined);
        }}
      >
        <input
          type="text"
          class="hidden"
          autocomplete="username"
          readOnly
          tabIndex={-1}
          aria-hidden="true"
          value={user.login}
        />
        <TextField
          label={t.profile.current}
          type="password"
          autocomplete="current-password"
          required
          value={current}
          error={isWrong ? t.profile.wrong : errors.current}
          onInput={change(setCurrent)}
        />
        <TextField
          label={t.signIn.next}
          hint={t.users.beakHint}
          type="password"
          autocomplete="new-password"
          required
          value={next}
          error={errors.next}
          onInput={change(setNext)}
        />
        <p class="mut">{t.profile.beakWhat}</p>
        {!isWrong && <Outcome state={state} />}
        <div class="actions">
          <button class="btn p" type="submit" disabled={isBusy}>
            {t.profile.changeBeak}
          </button>
          <Saved isShown={isSaved} />
        </div>
      </form>
    </Card>
  );
}

function OwnSessions() {
  const { t } = useText();
  const refresh = useRefresh();
  const query = useGet('/auth/sessions', { query: { limit: 20 } });
  const after = (done: Promise<unknown>) => done.then(() => refresh('/auth/sessions'));
  return (
    <Sessions
      query={query}
      all={t.sessions.endOthers}
      hasOthers={(items) => items.some(({ current }) => !current)}
      onEnd={(id) => after(writer.delete('/auth/sessions/{id}', { params: { path: { id } } }))}
      onEndAll={() => after(writer.delete('/auth/sessions'))}
    />
  );
}
