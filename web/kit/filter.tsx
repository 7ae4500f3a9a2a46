/** The filters of a list. Their values are in the address (WEB-3). */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useText } from '../text/text.tsx';
import type { UrlState } from './link.tsx';

interface FiltersProps {
  readonly url: UrlState;
  /** The names of the filters. "Clear filters" is offered while one of them is set. */
  readonly names: readonly string[];
  readonly children: ComponentChildren;
}

export function Filters({ url, names, children }: FiltersProps) {
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      {children}
      <Clear url={url} names={names} />
    </form>
  );
}

export const isFiltered = ({ query }: UrlState, names: readonly string[]): boolean =>
  names.some((name) => query[name] !== undefined);

/** A link that clears the filters; nothing while none is set. */
export function Clear({ url, names }: Omit<FiltersProps, 'children'>) {
  const { t } = useText();
  if (!isFiltered(url, names)) return null;
  return <a href={url.with(Object.fromEntries(names.map((name) => [name, undefined])))}>{t.block.clear}</a>;
}

/** In place of a list in which nothing matches its filters (WEB-4). */
export function NothingMatches({ url, names }: Omit<FiltersProps, 'children'>) {
  const { t } = useText();
  return (
    <div class="state">
      <p>{t.block.nothing}</p>
      <Clear url={url} names={names} />
    </div>
  );
}

interface FilterProps {
  readonly url: UrlState;
  readonly name: string;
  readonly label: string;
}

/** A text, which takes effect when the field is left or Enter is pressed. */
export function TextFilter({ url, name, label }: FilterProps) {
  const value = url.query[name] ?? '';
  const [typed, type] = useState(value);
  useEffect(() => type(value), [value]);
  return (
    <input
      type="search"
      value={typed}
      placeholder={label}
      aria-label={label}
      onInput={(event) => type(event.currentTarget.value)}
      onChange={(event) => url.set({ [name]: event.currentTarget.value.trim() })}
    />
  );
}

export function DayFilter({ url, name, label }: FilterProps) {
  return (
    <label>
      {label}
      <input
        type="date"
        value={url.query[name] ?? ''}
        onChange={(event) => url.set({ [name]: event.currentTarget.value })}
      />
    </label>
  );
}

interface ChoiceProps extends FilterProps {
  /** The texts of the choices, by their values. */
  readonly choices: Readonly<Record<string, string>>;
  /** The text of the choice that filters nothing. Default: there is none. */
  readonly all?: string;
}

export function ChoiceFilter({ url, name, label, choices, all }: ChoiceProps) {
  return (
    <label>
      {label}
      <select
        value={url.query[name] ?? ''}
        onChange={(event) => url.set({ [name]: event.currentTarget.value })}
      >
        {all !== undefined && <option value="">{all}</option>}
        {Object.entries(choices).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
