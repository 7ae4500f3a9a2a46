/** Adds to a balance, or deducts from it, with a reason (ACC-7). */
import { useState } from 'preact/hooks';
import { writer } from '../../api/client.ts';
import { useCommand, useRefresh } from '../../api/queries.ts';
import { Confirm, TextField, useFieldErrors } from '../../kit/form.tsx';
import { amountIn } from '../../text/parse.ts';
import { useText } from '../../text/text.tsx';

interface Props {
  readonly userId: string;
  readonly name: string;
  /** As the server has it now, in minor units. */
  readonly balance: number;
  readonly onClose: () => void;
}

export function Adjust({ userId, name, balance, onClose }: Props) {
  const { t, f } = useText();
  const refresh = useRefresh();
  const [typed, type] = useState('');
  const [reason, setReason] = useState('');
  const { currency, minorUnits } = f.measures;
  const amount = amountIn(typed, minorUnits);
  const { state, run, changed } = useCommand(async (adjustment: number, key) => {
    await writer.post('/accounting/adjustments', {
      params: { header: { 'Idempotency-Key': key } },
      body: { userId, amount: adjustment, reason: reason.trim() },
    });
    refresh(
      '/accounting/accounts/{userId}',
      '/accounting/accounts/{userId}/statement',
      '/accounting/accounts/{userId}/summary',
      '/accounting/accounts',
    );
    onClose();
  });
  const errors = useFieldErrors(state);
  const isAmount = amount !== undefined && amount !== 0;
  return (
    <Confirm
      title={t.accounts.adjustTitle(name)}
      verb={isAmount ? t.accounts.adjustVerb(`${f.change(amount)} ${currency}`) : t.accounts.adjust}
      state={state}
      isReady={isAmount && reason.trim() !== ''}
      onClose={onClose}
      onConfirm={() => isAmount && void run(amount)}
    >
      <TextField
        label={`${t.accounts.amount}, ${currency}`}
        hint={t.accounts.amountHint}
        inputMode="decimal"
        autoComplete="off"
        required
        value={typed}
        error={errors.amount ?? (typed !== '' && amount === undefined ? t.accounts.noAmount : undefined)}
        onInput={(event) => {
          type(event.currentTarget.value);
          changed();
        }}
      />
      <TextField
        label={t.command.reason}
        required
        maxLength={500}
        value={reason}
        error={errors.reason}
        onInput={(event) => {
          setReason(event.currentTarget.value);
          changed();
        }}
      />
      <div class="big">
        <span>{t.accounts.balance}</span>
        <span>
          {f.amount(balance)}
          {isAmount && (
            <>
              {' → '}
              <b>{f.amount(balance + amount)}</b>
            </>
          )}
        </span>
      </div>
      <p class="mut">{t.accounts.adjustWhat}</p>
    </Confirm>
  );
}
