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

type Form = 'clock' | 'exact' | 'moment' | 'full';

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

/** A mark beside the reader's own name. */
export function You() {
  const { t } = useText();
  return <span class="you">{t.frame.you}</span>;
}
