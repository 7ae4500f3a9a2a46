/** The form for a new task. */
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { writer } from '../../api/client.ts';
import { useCommand, useRefresh } from '../../api/queries.ts';
import { Dialog, Field, Outcome, TextField, useFieldErrors } from '../../kit/form.tsx';
import { useText } from '../../text/text.tsx';

export function NewTask({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const { route } = useLocation();
  const refresh = useRefresh();
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
  const { state, isBusy, run, changed } = useCommand(async (_: undefined, key) => {
    const { id } = await writer.post('/tasks', {
      params: { header: { 'Idempotency-Key': key } },
      body: { title, description },
    });
    refresh('/tasks', '/tasks/counts');
    onClose();
    route(`/tasks/${id}?expect=fee`);
  });
  const errors = useFieldErrors(state);
  return (
    <Dialog title={t.tasks.create} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(undefined);
        }}
      >
        <TextField
          label={t.tasks.title}
          hint={t.tasks.titleHint}
          required
          value={title}
          error={errors.title}
          onInput={(event) => {
            setTitle(event.currentTarget.value);
            changed();
          }}
        />
        <Field label={t.tasks.description} error={errors.description}>
          {(attributes) => (
            <textarea
              {...attributes}
              value={description}
              onInput={(event) => {
                setDescription(event.currentTarget.value);
                changed();
              }}
            />
          )}
        </Field>
        <p class="mut">{t.tasks.drawHint}</p>
        <Outcome state={state} />
        <div class="actions">
          <button class="btn p" type="submit" disabled={isBusy}>
            {t.tasks.createVerb}
          </button>
          <button class="btn" type="button" onClick={onClose}>
            {t.command.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
