/** Signs somebody in, and says why nobody is (`?why=`). The frame then opens `?to=`. */
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { useCommand } from '../../api/queries.ts';
import { type Ending, session } from '../../api/session.ts';
import { Outcome, TextField, useFieldErrors } from '../../kit/form.tsx';
import { useText } from '../../text/text.tsx';
import { Gate } from './gate.tsx';

export default function SignIn() {
  const { t } = useText();
  const { why } = useLocation().query as { readonly why?: string };
  const [login, setLogin] = useState('');
  const [beak, setBeak] = useState('');
  const [next, setNext] = useState('');
  const [mustChange, setMustChange] = useState(false);
  const { state, isBusy, run } = useCommand(async () => {
    await session.signIn({ login, beak, ...(mustChange ? { next } : {}) });
  });
  const asksForNext = state.is === 'refused' && state.failure.code === 'beak_change_required';
  if (asksForNext && !mustChange) setMustChange(true);
  const errors = useFieldErrors(state);
  return (
    <Gate title={t.signIn.title}>
      {why !== undefined && Object.hasOwn(t.signIn.why, why) && (
        <p class="note" role="status">
          {t.signIn.why[why as Ending]}
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(undefined);
        }}
      >
        <TextField
          label={t.signIn.login}
          name="login"
          autocomplete="username"
          autocapitalize="none"
          required
          value={login}
          error={errors.login}
          onInput={(event) => setLogin(event.currentTarget.value)}
        />
        <TextField
          label={t.signIn.beak}
          hint={t.signIn.beakHint}
          name="beak"
          type="password"
          autocomplete="current-password"
          required
          value={beak}
          error={errors.beak}
          onInput={(event) => setBeak(event.currentTarget.value)}
        />
        {mustChange && (
          <TextField
            label={t.signIn.next}
            hint={t.signIn.mustChange}
            name="next"
            type="password"
            autocomplete="new-password"
            required
            value={next}
            error={errors.next}
            onInput={(event) => setNext(event.currentTarget.value)}
          />
        )}
        <Outcome state={state} />
        <button class="btn p" type="submit" disabled={isBusy}>
          {t.signIn.submit}
        </button>
      </form>
      <p>
        <a href="/recover">{t.signIn.forgot}</a> · <a href="/activate">{t.signIn.code}</a>
      </p>
    </Gate>
  );
}
