/** The form that registers an account. */
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { Answer } from '#client';
import { writer } from '../../api/client.ts';
import { useCommand, useRefresh } from '../../api/queries.ts';
import { Dialog, Outcome, TextField, useFieldErrors } from '../../kit/form.tsx';
import { useText } from '../../text/text.tsx';
import { LocaleField, OnceCode, RolesField } from './fields.tsx';

const EMPTY = {
  login: '',
  name: '',
  email: '',
  locale: '',
  beak: '',
  roles: ['developer'] as readonly string[],
};

export function NewUser({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const { route } = useLocation();
  const refresh = useRefresh();
  const [form, setForm] = useState(EMPTY);
  const [setsBeak, setSetsBeak] = useState(false);
  const [made, setMade] = useState<Answer<'/users', 'post'>>();
  const { state, isBusy, run, changed } = useCommand(async (_: undefined, key) => {
    const { login, name, email, locale, beak, roles } = form;
    const user = await writer.post('/users', {
      params: { header: { 'Idempotency-Key': key } },
      body: {
        login,
        name,
        email,
        roles: [...roles],
        ...(locale !== '' && { locale }),
        ...(setsBeak && { beak }),
      },
    });
    refresh('/users', '/tasks/counts');
    if (setsBeak) route(`/users/${user.id}`);
    else setMade(user);
  });
  const errors = useFieldErrors(state);
  const change = (changes: Partial<typeof EMPTY>) => {
    setForm({ ...form, ...changes });
    changed();
  };
  const text = (name: 'login' | 'name' | 'email' | 'beak', attributes: object) => (
    <TextField
      label={t.users[name]}
      required
      value={form[name]}
      error={errors[name]}
      onInput={(event) => change({ [name]: event.currentTarget.value })}
      {...attributes}
    />
  );
  if (made !== undefined) {
    const open = () => route(`/users/${made.id}`);
    return (
      <Dialog title={t.users.made(made.name)} onClose={open}>
        <OnceCode code={made.activationCode} />
        <div class="actions">
          <button class="btn p" type="button" onClick={open}>
            {t.command.done}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t.users.create} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(undefined);
        }}
      >
        {text('name', { autocomplete: 'off' })}
        {text('login', { hint: t.users.loginHint, autocomplete: 'off', autocapitalize: 'none' })}
        {text('email', { type: 'email', autocomplete: 'off' })}
        <RolesField value={form.roles} error={errors.roles} onChange={(roles) => change({ roles })} />
        <LocaleField value={form.locale} error={errors.locale} onChange={(locale) => change({ locale })} />
        <label class="check">
          <input
            type="checkbox"
            checked={setsBeak}
            onChange={(event) => {
              setSetsBeak(event.currentTarget.checked);
              changed();
            }}
          />
          <span>
            {t.users.setBeak} <span class="mut">{t.users.elseCode}</span>
          </span>
        </label>
        {setsBeak && text('beak', { type: 'password', autocomplete: 'new-password', hint: t.users.beakHint })}
        <Outcome state={state} />
        <div class="actions">
          <button class="btn p" type="submit" disabled={isBusy}>
            {t.users.createVerb}
          </button>
          <button class="btn" type="button" onClick={onClose}>
            {t.command.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
