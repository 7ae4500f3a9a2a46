/** Open dead letters by their cause. A whole cause is redriven or discarded as one job. */
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { Item } from '#client';
import { writer } from '../../api/client.ts';
import { useCommand, useGet, useRefresh } from '../../api/queries.ts';
import { Block, Empty } from '../../kit/block.tsx';
import { Confirm, Field, useFieldErrors } from '../../kit/form.tsx';
import { hrefOf } from '../../kit/link.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

export type Cause = Item<'/dead-letters/causes'>;

const POLL_MS = 5_000;
type Deed = 'redrive' | 'discard';

export function Causes() {
  const { t, f } = useText();
  const causes = useGet('/dead-letters/causes', {}, { pollMs: POLL_MS });
  const [asked, ask] = useState<{ readonly cause: Cause; readonly deed: Deed }>();
  return (
    <>
      <Block
        query={causes}
        height={54}
        empty={({ items, missing }) =>
          items.length === 0 && missing.length === 0 ? <Empty>{t.letters.none}</Empty> : undefined
        }
      >
        {({ items, missing }) => (
          <>
            <Missing services={missing} />
            <table class="stack">
              <caption class="hidden">{t.system.causes}</caption>
              <tbody>
                {items.map((cause) => (
                  <tr key={keyOf(cause)}>
                    <td class="both">
                      <a href={hrefOf('/dead-letters', filterOf(cause))} data-row>
                        <b>{cause.consumer}</b>
                      </a>{' '}
                      {t.letters.couldNot} <span class="mono">{cause.type ?? t.letters.unreadable}</span>
                      <span class="d full">
                        <span class="mono neg">{cause.code}</span> {cause.message} · {t.letters.first}{' '}
                        <Time at={cause.firstAt} />, {t.letters.last} <Time at={cause.lastAt} />
                      </span>
                    </td>
                    <td class="n hide">{t.letters.events(f.capped(cause))}</td>
                    <td class="n both">
                      <button class="btn s" type="button" onClick={() => ask({ cause, deed: 'redrive' })}>
                        {t.letters.redriveCount(f.capped(cause))}…
                      </button>{' '}
                      <button class="btn s d" type="button" onClick={() => ask({ cause, deed: 'discard' })}>
                        {t.letters.discard}…
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Block>
      {asked && <Settle {...asked} onClose={() => ask(undefined)} />}
    </>
  );
}

/** Says which services did not answer, so that their dead letters are not shown. */
function Missing({ services }: { services: readonly string[] }) {
  const { t } = useText();
  return services.length === 0 ? null : <p class="note flat">{t.letters.missing(services.join(', '))}</p>;
}

const keyOf = ({ service, consumer, type, code }: Cause) => [service, consumer, type, code].join(' ');
const filterOf = ({ service, consumer, type, code }: Cause) => ({
  service,
  consumer,
  code,
  type: type ?? undefined,
});

function Settle({ cause, deed, onClose }: { cause: Cause; deed: Deed; onClose: () => void }) {
  const { t, f } = useText();
  const { route } = useLocation();
  const refresh = useRefresh();
  const [reason, setReason] = useState('');
  const { service, consumer, type, code } = cause;
  const { state, run, changed } = useCommand(async (_: undefined, key) => {
    const params = { header: { 'Idempotency-Key': key } };
    const body = { service, consumer, type, code };
    const { id } = await (deed === 'redrive'
      ? writer.post('/dead-letters/redrives', { params, body })
      : writer.post('/dead-letters/discards', { params, body: { ...body, reason } }));
    refresh('/dead-letters', '/dead-letters/causes');
    onClose();
    route(hrefOf('/dead-letters', { job: id }));
  });
  const errors = useFieldErrors(state);
  const count = f.capped(cause);
  return (
    <Confirm
      title={deed === 'redrive' ? t.letters.redriveTitle(count) : t.letters.discardTitle(count)}
      verb={deed === 'redrive' ? t.letters.redriveCount(count) : t.letters.discardCount(count)}
      isGrave={deed === 'discard'}
      isReady={deed === 'redrive' || reason.trim() !== ''}
      state={state}
      onClose={onClose}
      onConfirm={() => void run(undefined)}
    >
      <p>
        <b>{consumer}</b> <span class="mono">{type ?? t.letters.unreadable}</span>{' '}
        <span class="mono neg">{code}</span>
      </p>
      <p>{deed === 'redrive' ? t.letters.redriveWhat : t.letters.discardWhat}</p>
      {deed === 'discard' && (
        <ReasonField
          value={reason}
          error={errors.reason}
          onChange={(value) => {
            setReason(value);
            changed();
          }}
        />
      )}
    </Confirm>
  );
}

interface ReasonProps {
  readonly value: string;
  readonly error?: string | undefined;
  readonly onChange: (reason: string) => void;
}

export function ReasonField({ value, error, onChange }: ReasonProps) {
  const { t } = useText();
  return (
    <Field label={t.command.reason} hint={t.letters.reasonHint} error={error}>
      {(attributes) => (
        <textarea
          {...attributes}
          required
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
