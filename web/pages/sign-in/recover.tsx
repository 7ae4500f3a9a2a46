/** Asks for a code by mail. The answer does not say whether there is such an account. */
import { useState } from 'preact/hooks';
import { writer } from '../../api/client.ts';
import { useCommand } from '../../api/queries.ts';
import { Outcome, TextField, useFieldErrors } from '../../kit/form.tsx';
import { useText } from '../../text/text.tsx';
import { Gate } from './gate.tsx';

export default function Recover() {
  const { t } = useText();
  const [login, setLogin] = useState('');
  const [isDone, setDone] = useState(false);
  const { state, isBusy, run } = useCommand(async () => {
    await writer.post('/auth/recovery', { body: { login } });
    setDone(true);
  });
  const errors = useFieldErrors(state);
  return (
    <Gate title={t.recover.title}>
      {isDone ? (
        <>
          <p class="note ok" role="status">
            {t.recover.done}
          </p>
          <a class="btn p" href="/activate">
            {t.signIn.code}
          </a>
        </>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void run(undefined);
          }}
        >
          <TextField
            label={t.signIn.login}
            autocomplete="username"
            autocapitalize="none"
            required
            value={login}
            error={errors.login}
            onInput={(event) => setLogin(event.currentTarget.value)}
          />
          <Outcome state={state} />
          <button class="btn p" type="submit" disabled={isBusy}>
            {t.recover.submit}
          </button>
        </form>
      )}
      <p>
        <a href="/sign-in">{t.signIn.title}</a>
      </p>
    </Gate>
  );
}
