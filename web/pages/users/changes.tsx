/** The changes that an admin makes to an account. */
import { useState } from 'preact/hooks';
import type { Answer } from '#client';
import { writer } from '../../api/client.ts';
import { useCommand, useRefresh } from '../../api/queries.ts';
import type { User } from '../../frame/user.tsx';
import { Confirm, Dialog, Outcome, TextField, useFieldErrors } from '../../kit/form.tsx';
import { useText } from '../../text/text.tsx';
import { LocaleField, OnceCode, RolesField } from './fields.tsx';
import { HoldingsSentence } from './holdings.tsx';

interface Props {
  readonly user: User;
  readonly onClose: () => void;
}
interface Changed {
  name?: string;
  email?: string;
  locale?: string | null;
  roles?: string[];
  active?: boolean;
  beak?: string;
  mustChangeBeak?: boolean;
}

/** A repeated PATCH changes nothing more, so it needs no key. */
function useChange({ user, onClose }: Props) {
  const refresh = useRefresh();
  return useCommand(async (body: Changed) => {
    await writer.patch('/users/{id}', { params: { path: { id: user.id } }, body });
    refresh('/users', '/users/{id}', '/users/{id}/sessions', '/auth/me', '/tasks/counts');
    onClose();
  });
}

export function ChangeUser(props: Props) {
  const { t } = useText();
  const { user, onClose } = props;
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email);
  const [locale, setLocale] = useState(user.locale ?? '');
  const { state, isBusy, run } = useChange(props);
  const errors = useFieldErrors(state);
  return (
    <Dialog title={t.users.change} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run({ name, email, locale: locale === '' ? null : locale });
        }}
      >
        <TextField
          label={t.users.name}
          required
          value={name}
          error={errors.name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <TextField
          label={t.users.email}
          hint={t.users.emailHint}
          type="email"
          required
          value={email}
          error={errors.email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <LocaleField value={locale} error={errors.locale} onChange={setLocale} />
        <Outcome state={state} />
        <div class="actions">
          <button class="btn p" type="submit" disabled={isBusy}>
            {t.command.save}
          </button>
          <button class="btn" type="button" onClick={onClose}>
            {t.command.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function ChangeRoles(props: Props) {
  const { t } = useText();
  const { user, onClose } = props;
  const [roles, setRoles] = useState<readonly string[]>(user.roles);
  const { state, run } = useChange(props);
  const errors = useFieldErrors(state);
  const isSame = roles.length === user.roles.length && roles.every((role) => user.roles.includes(role));
  return (
    <Confirm
      title={t.users.rolesOf(user.name)}
      verb={t.users.changeRolesVerb}
      isReady={!isSame}
      state={state}
      onClose={onClose}
      onConfirm={() => void run({ roles: [...roles] })}
    >
      <RolesField value={roles} error={errors.roles} onChange={setRoles} />
      <HoldingsSentence id={user.id} name={user.name} />
      <p class="mut">{t.users.rolesWhat}</p>
    </Confirm>
  );
}

export function SetActive(props: Props) {
  const { t } = useText();
  const { user, onClose } = props;
  const { state, run } = useChange(props);
  return (
    <Confirm
      title={user.active ? t.users.deactivateTitle(user.name) : t.users.activateTitle(user.name)}
      verb={user.active ? t.users.deactivate : t.users.activate}
      isGrave={user.active}
      state={state}
      onClose={onClose}
      onConfirm={() => void run({ active: !user.active })}
    >
      <HoldingsSentence id={user.id} name={user.name} />
      <p>{user.active ? t.users.deactivateWhat : t.users.activateWhat}</p>
    </Confirm>
  );
}

export function NewBeak(props: Props) {
  const { t } = useText();
  const { user, onClose } = props;
  const [beak, setBeak] = useState('');
  const [mustChange, setMustChange] = useState(true);
  const { state, run } = useChange(props);
  const errors = useFieldErrors(state);
  return (
    <Confirm
      title={t.users.newBeakTitle(user.name)}
      verb={t.users.newBeakVerb}
      state={state}
      isReady={beak !== '' || mustChange !== user.mustChangeBeak}
      onClose={onClose}
      onConfirm={() => void run({ ...(beak !== '' && { beak }), mustChangeBeak: mustChange })}
    >
      <TextField
        label={t.users.beak}
        hint={t.users.newBeakHint}
        type="password"
        autocomplete="new-password"
        value={beak}
        error={errors.beak}
        onInput={(event) => setBeak(event.currentTarget.value)}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={mustChange}
          onChange={(event) => setMustChange(event.currentTarget.checked)}
        />
        <span>{t.users.mustChangeNext}</span>
      </label>
      {beak !== '' && <p class="mut">{t.users.newBeakWhat}</p>}
    </Confirm>
  );
}

export function IssueCode({ user, onClose }: Props) {
  const { t } = useText();
  const [made, setMade] = useState<Answer<'/users/{id}/activation', 'post'>>();
  const { state, run } = useCommand(async (_: undefined, key) => {
    setMade(
      await writer.post('/users/{id}/activation', {
        params: { path: { id: user.id }, header: { 'Idempotency-Key': key } },
      }),
    );
  });
  if (made === undefined) {
    return (
      <Confirm
        title={t.users.codeTitle(user.name)}
        verb={t.users.codeVerb}
        state={state}
        onClose={onClose}
        onConfirm={() => void run(undefined)}
      >
        <p>{t.users.codeWhat}</p>
      </Confirm>
    );
  }
  return (
    <Dialog title={t.users.codeTitle(user.name)} onClose={onClose}>
      <OnceCode code={made.activationCode} expiresAt={made.expiresAt} />
      <div class="actions">
        <button class="btn p" type="button" onClick={onClose}>
          {t.command.done}
        </button>
      </div>
    </Dialog>
  );
}
