/** One dead letter, to read, to redrive or to discard with a reason. */
import { useState } from 'preact/hooks';
import { writer } from '../../api/client.ts';
import { useCommand, useGet, useRefresh } from '../../api/queries.ts';
import { Block } from '../../kit/block.tsx';
import { Dialog, Outcome, useFieldErrors } from '../../kit/form.tsx';
import { hrefOf } from '../../kit/link.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { ReasonField } from './causes.tsx';

export function Letter({ id, onClose }: { id: string; onClose: () => void }) {
  const { t, f } = useText();
  const query = useGet('/dead-letters/{id}', { path: { id } });
  return (
    <Dialog title={t.letters.title} onClose={onClose}>
      <Block query={query} height={280}>
        {(letter) => (
          <>
            <dl class="kv text">
              <dt>{t.letters.consumer}</dt>
              <dd>{letter.consumer}</dd>
              <dt>{t.letters.type}</dt>
              <dd class="mono">{letter.type ?? t.letters.unreadable}</dd>
              <dt>{t.letters.what}</dt>
              <dd>
                {letter.subject === null ? (
                  t.letters.unreadable
                ) : (
                  <a class="mono" href={hrefOf('/audit', { subject: letter.subject })}>
                    {letter.subject}
                  </a>
                )}
              </dd>
              <dt>{t.letters.why}</dt>
              <dd>
                <span class="mono neg">{letter.code}</span> {letter.message}
              </dd>
              <dt>{t.letters.attempts}</dt>
              <dd>{f.count(letter.attempts)}</dd>
              <dt>{t.letters.at}</dt>
              <dd>
                <Time at={letter.at} form="full" />
              </dd>
              <dt>{t.users.state}</dt>
              <dd>
                {t.letters.states[letter.status]}{' '}
                {letter.settledAt !== null && <Time at={letter.settledAt} />}
                {letter.settledReason !== null && ` · ${letter.settledReason}`}
              </dd>
            </dl>
            <pre class="data">{JSON.stringify(letter.data ?? letter.headers, null, 2)}</pre>
            {letter.status === 'open' ? (
              <Settle id={id} onClose={onClose} />
            ) : (
              <div class="actions">
                <button class="btn" type="button" onClick={onClose}>
                  {t.command.close}
                </button>
              </div>
            )}
          </>
        )}
      </Block>
      {query.data === undefined && (
        <div class="actions">
          <button class="btn" type="button" onClick={onClose}>
            {t.command.close}
          </button>
        </div>
      )}
    </Dialog>
  );
}

function Settle({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useText();
  const refresh = useRefresh();
  const [reason, setReason] = useState<string>();
  const { state, isBusy, run, changed } = useCommand(async (discarded: string | undefined, key) => {
    const params = { path: { id }, header: { 'Idempotency-Key': key } };
    try {
      if (discarded === undefined) await writer.post('/dead-letters/{id}/redrive', { params });
      else await writer.post('/dead-letters/{id}/discard', { params, body: { reason: discarded } });
    } finally {
      // A redrive that failed has changed it as well: it has a new reason.
      refresh('/dead-letters', '/dead-letters/causes', '/dead-letters/{id}');
    }
  });
  const errors = useFieldErrors(state);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(reason);
      }}
    >
      {reason !== undefined && (
        <>
          <p>{t.letters.discardWhat}</p>
          <ReasonField
            value={reason}
            error={errors.reason}
            onChange={(value) => {
              setReason(value);
              changed();
            }}
          />
        </>
      )}
      <Outcome state={state} />
      <div class="actions">
        {reason === undefined ? (
          <>
            <button class="btn p" type="submit" disabled={isBusy}>
              {t.letters.redrive}
            </button>
            <button class="btn d" type="button" onClick={() => setReason('')}>
              {t.letters.discard}…
            </button>
          </>
        ) : (
          <button class="btn p d" type="submit" disabled={isBusy || reason.trim() === ''}>
            {t.letters.discard}
          </button>
        )}
        <button class="btn" type="button" onClick={onClose}>
          {t.command.close}
        </button>
      </div>
    </form>
  );
}
