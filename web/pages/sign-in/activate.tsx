/** Sets a beak by a code. */
import { useState } from 'preact/hooks';
import { writer } from '../../api/client.ts';
import { useCommand } from '../../api/queries.ts';
import { Outcome, TextField, useFieldErrors } from '../../kit/form.tsx';
import { useText } from '../../text/text.tsx';
import { Gate } from './gate.tsx';

export default function Activate() {
  const { t } = useText();
  const [code, setCode] = useState('');
  const [beak, setBeak] = useState('');
  const [isDone, setDone] = useState(false);
  const { state, isBusy, run } = useCommand(async () => {
    await writer.post('/auth/activate', { body: { code: code.trim(), beak } });
    setDone(true);
  });
  const errors = useFieldErrors(state);
  if (isDone) {
    return (
      <Gate title={t.activate.title}>
        <p class="note ok" role="status">
          {t.activate.done}
        </p>
        <a class="btn p" href="/sign-in">
          {t.signIn.submit}
        </a>
      </Gate>
    );
  }
  return (
    <Gate title={t.activate.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(undefined);
        }}
      >
        <TextField
          label={t.activate.code}
          hint={t.activate.codeHint}
          autocomplete="one-time-code"
          autocapitalize="none"
          required
          value={code}
          error={errors.code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
        <TextField
          label={t.signIn.next}
          type="password"
          autocomplete="new-password"
          required
          value={beak}
          error={errors.beak}
          onInput={(event) => setBeak(event.currentTarget.value)}
        />
        <Outcome state={state} />
        <button class="btn p" type="submit" disabled={isBusy}>
          {t.activate.submit}
        </button>
      </form>
      <p>
        <a href="/sign-in">{t.signIn.title}</a> · <a href="/recover">{t.signIn.forgot}</a>
      </p>
    </Gate>
  );
}
