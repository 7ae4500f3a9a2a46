/** The filter for a range of business days, both included. */
import type { ComponentChildren } from 'preact';
import { useText } from '../text/text.tsx';
import type { UrlState } from './link.tsx';

/** `children`: other filters, which stand behind it. */
export function DayRange({ url, children }: { url: UrlState; children?: ComponentChildren }) {
  const { t } = useText();
  const field = (name: 'from' | 'to', label: string) => (
    <label>
      {label}
      <input
        type="date"
        value={url.query[name] ?? ''}
        onChange={(event) => url.set({ [name]: event.currentTarget.value })}
      />
    </label>
  );
  const isSet = url.query.from !== undefined || url.query.to !== undefined;
  return (
    <div class="filters">
      {field('from', t.days.from)}
      {field('to', t.days.to)}
      {children}
      {isSet && <a href={url.with({ from: undefined, to: undefined })}>{t.block.clear}</a>}
    </div>
  );
}
