/** Forms, dialogs and what becomes of a command. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { CommandState } from '../api/queries.ts';
import { fieldSentences, sentenceOf } from '../text/problem.ts';
import { useText } from '../text/text.tsx';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly children: (attributes: {
    id: string;
    'aria-invalid': boolean;
    'aria-describedby': string;
  }) => ComponentChildren;
}

/** A labelled input. `error`: what the server refused about it. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-invalid': error !== undefined, 'aria-describedby': `${id}-note` })}
      <small id={`${id}-note`} class={error === undefined ? undefined : 'neg'}>
        {error ?? hint}
      </small>
    </div>
  );
}

type InputProps = Omit<FieldProps, 'children'> & Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'label'>;

export function TextField({ label, hint, error, ...input }: InputProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => <input {...input} {...attributes} />}
    </Field>
  );
}

/** What the server refused, by field. */
export function useFieldErrors(state: CommandState): Readonly<Record<string, string>> {
  const { t } = useText();
  return state.is === 'refused' ? fieldSentences(t, state.failure) : {};
}

/** What became of a command: it waits, its outcome is unknown, or it was refused. */
export function Outcome({ state }: { state: CommandState }) {
  const { t } = useText();
  if (state.is === 'unknown') {
    return (
      <p class="note" role="status">
        {t.command.unknown}
      </p>
    );
  }
  if (state.is !== 'refused') return null;
  const { failure } = state;
  const id = failure.problem?.requestId;
  return (
    <p class="note bad" role="alert">
      <span>
        {sentenceOf(t, failure)}{' '}
        {id !== undefined && failure.code === 'internal_error' && t.block.request(id)}
      </span>
    </p>
  );
}

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A dialog that is open while it is there. It gives the focus back when it closes. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const { activeElement } = document;
    dialog.current?.showModal();
    return () => (activeElement as HTMLElement | null)?.focus();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

interface ConfirmProps extends DialogProps {
  /** The verb on the button. */
  readonly verb: string;
  readonly isGrave?: boolean;
  readonly state: CommandState;
  readonly isReady?: boolean;
  readonly onConfirm: () => void;
}

/** Asks before an action whose effect is large or cannot be undone (WEB-7). */
export function Confirm(props: ConfirmProps) {
  const { title, verb, isGrave = false, isReady = true, state, onClose, onConfirm, children } = props;
  const { t } = useText();
  const isBusy = state.is === 'sending' || state.is === 'unknown';
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
        }}
      >
        {children}
        <Outcome state={state} />
        <div class="actions">
          <button class={`btn p${isGrave ? ' d' : ''}`} type="submit" disabled={isBusy || !isReady}>
            {verb}
          </button>
          <button class="btn" type="button" onClick={onClose}>
            {t.command.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
