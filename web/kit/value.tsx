/** Single values: amounts, times, people. */
import { useText } from '../text/text.tsx';

type Shown<Value> = Value | null | undefined;

/** An amount in minor units. A debt is red, and has its minus. */
export function Amount({ of }: { of: Shown<number> }) {
  const { f } = useText();
  return <span class={typeof of === 'number' && of < 0 ? 'neg' : undefined}>{f.amount(of)}</span>;
}

/** A change of an amount: a plus or a minus, and their colours. */
export function Change({ of }: { of: Shown<number> }) {
  const { f } = useText();
  const tone = typeof of !== 'number' || of === 0 ? undefined : of < 0 ? 'neg' : 'pos';
  return <span class={tone}>{f.change(of)}</span>;
}

type Form = 'clock' | 'exact' | 'moment' | 'second' | 'full';

/** An instant in the business zone. The element holds the exact time. */
export function Time({ at, form = 'moment' }: { at: Shown<string>; form?: Form }) {
  const { f } = useText();
  if (typeof at !== 'string') return <span>{f.moment(at)}</span>;
  return <time dateTime={at}>{f[form](at)}</time>;
}

export function Day({ day }: { day: string }) {
  const { f } = useText();
  return <time dateTime={day}>{f.day(day)}</time>;
}

/** How many digits of a long hash or id are shown at each end. */
const SHOWN_HEAD = 8;
const SHOWN_TAIL = 4;

/** A hash or an id, shortened; the whole one is the title. */
export function Short({ of }: { of: string }) {
  return (
    <span class="mono" title={of}>
      {of.slice(0, SHOWN_HEAD)}…{of.slice(-SHOWN_TAIL)}
    </span>
  );
}

/** A mark beside the reader's own name. */
export function You() {
  const { t } = useText();
  return <span class="you">{t.frame.you}</span>;
}
