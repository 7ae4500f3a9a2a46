/**
 * Closes the open day by hand: a rehearsal shows the figures, the close pays exactly these, and a
 * close that would pay something else is refused with the new figures (ACC-6).
 */
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { ProblemError } from '#client';
import { writer } from '../../api/client.ts';
import { useCommand, useRefresh } from '../../api/queries.ts';
import { Card } from '../../kit/card.tsx';
import { Outcome } from '../../kit/form.tsx';
import { Icon } from '../../kit/icon.tsx';
import { Amount } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import type { BusinessDay, Rehearsal } from './business-day.ts';

interface Props {
  readonly day: BusinessDay;
  readonly rehearsal: Rehearsal | undefined;
  readonly onRehearsal: (rehearsal: Rehearsal) => void;
}

export function CloseDay({ day: { businessDay }, rehearsal, onRehearsal }: Props) {
  const { t, f } = useText();
  const { route } = useLocation();
  const refresh = useRefresh();
  const [isAgreed, agree] = useState(false);
  /** The figures that the reader had agreed to, if they had changed when the server got them. */
  const [refused, setRefused] = useState<BusinessDay>();
  const params = (key: string) => ({ path: { day: businessDay }, header: { 'Idempotency-Key': key } });

  const rehearse = useCommand(async (_: undefined, key) => {
    const day = await writer.post('/accounting/days/{day}/close', {
      params: params(key),
      body: { dryRun: true },
    });
    onRehearsal({ at: Date.now(), day });
    agree(false);
    setRefused(undefined);
    refresh('/accounting/days/{day}/payouts');
  });

  const close = useCommand(async (expected: Pick<BusinessDay, 'payouts' | 'totalPaid'> | undefined, key) => {
    try {
      await writer.post('/accounting/days/{day}/close', {
        params: params(key),
        body: expected === undefined ? {} : { expected },
      });
    } catch (error) {
      if (error instanceof ProblemError && error.problem?.day !== undefined) {
        setRefused(rehearsal?.day);
        agree(false);
        onRehearsal({ at: Date.now(), day: error.problem.day });
        refresh('/accounting/days/{day}/payouts');
      }
      throw error;
    }
    // The open day is another one now: this address stays with the day that was closed.
    route(`/days/${businessDay}`, true);
    refresh(
      '/accounting/days/{day}',
      '/accounting/days/today',
      '/accounting/days/{day}/payouts',
      '/accounting/days',
      '/accounting/company',
      '/meta',
    );
  });

  const isChanged = close.state.is === 'refused' && close.state.failure.code === 'day_changed';
  const isBusy = rehearse.isBusy || close.isBusy;
  const figures = ({ payouts, totalPaid }: BusinessDay) => t.days.figures(f.amount(totalPaid), payouts);
  const again = (
    <button class="btn" type="button" disabled={isBusy} onClick={() => void rehearse.run(undefined)}>
      {rehearsal === undefined ? t.days.rehearse : t.days.again}
    </button>
  );
  if (rehearsal === undefined) {
    return (
      <Card title={t.days.close}>
        <div class="pad">
          <p class="sub">{t.days.first}</p>
          <Outcome state={rehearse.state} />
          <div class="actions">{again}</div>
        </div>
      </Card>
    );
  }
  const { payouts, totalPaid, debtors, carriedOver, currency } = rehearsal.day;
  const sendClose = (isAnyway: boolean) => {
    // After a refusal it is another request.
    close.changed();
    void close.run(isAnyway ? undefined : { payouts, totalPaid });
  };
  return (
    <Card title={t.days.close} note={currency}>
      <form
        class="pad"
        onSubmit={(event) => {
          event.preventDefault();
          sendClose(false);
        }}
      >
        {refused !== undefined && (
          <p class="note" role="alert">
            <Icon name="warning" />
            <span>{t.days.changed(figures(refused), figures(rehearsal.day))}</span>
          </p>
        )}
        <div class="big">
          <span>{t.days.toBePaid(payouts)}</span>
          <b>{f.amount(totalPaid)}</b>
        </div>
        {carriedOver > 0 && (
          <div class="big sub">
            <span>{t.days.debt(debtors)}</span>
            <Amount of={-carriedOver} />
          </div>
        )}
        <p class="sub">{t.days.closeWhat(f.dayName(businessDay))}</p>
        <label class="check">
          <input
            type="checkbox"
            checked={isAgreed}
            onChange={(event) => agree(event.currentTarget.checked)}
          />
          {payouts === 0 ? t.days.agreeNobody : t.days.agree(`${f.amount(totalPaid)} ${currency}`, payouts)}
        </label>
        <Outcome state={rehearse.state} />
        {!isChanged && <Outcome state={close.state} />}
        <div class="actions">
          <button class="btn p" type="submit" disabled={isBusy || !isAgreed}>
            {t.days.closeVerb(f.dayName(businessDay))}
          </button>
          {refused !== undefined && (
            <button
              class="btn d"
              type="button"
              disabled={isBusy}
              title={t.days.anywayWhat}
              onClick={() => sendClose(true)}
            >
              {t.days.anyway}
            </button>
          )}
          {again}
        </div>
        <p class="mut">{refused === undefined ? t.days.moving : t.days.anywayWhat}</p>
      </form>
    </Card>
  );
}
