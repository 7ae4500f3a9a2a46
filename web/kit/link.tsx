/** Links that keep or change the query of the address, and what the address says. */
import type { ComponentChildren, JSX } from 'preact';
import { useLocation } from 'preact-iso';
import { useText } from '../text/text.tsx';

export type Query = Readonly<Record<string, string>>;

/** An address of this product; empty values are left out. */
export function hrefOf(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const known = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]);
  const text = new URLSearchParams(known).toString();
  return text === '' ? path : `${path}?${text}`;
}

export interface UrlState {
  readonly query: Query;
  /** The address with some values replaced. It returns to the first page of the list. */
  with(changes: Readonly<Record<string, string | undefined>>): string;
  /** Goes to such an address. */
  set(changes: Readonly<Record<string, string | undefined>>): void;
  /** The names that mean nothing on this page, and the values of the wrong form. */
  readonly wrong: readonly string[];
}

/** The form of each value that a page reads from its address. */
export type UrlForms = Readonly<Record<string, RegExp>>;

export const DAY_FORM = /^\d{4}-\d{2}-\d{2}$/;
export const ID_FORM = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CURSOR = 'cursor';

/** Reads the address of a page (WEB-3). Values of a wrong form are named and left out. */
export function useUrl(forms: UrlForms): UrlState {
  const { path, query, route } = useLocation();
  const all: UrlForms = { ...forms, [CURSOR]: /./ };
  const entries = Object.entries(query as Query);
  const good = entries.filter(([name, value]) => all[name]?.test(value));
  const to = (changes: Readonly<Record<string, string | undefined>>) =>
    hrefOf(path, { ...Object.fromEntries(good), [CURSOR]: undefined, ...changes });
  return {
    query: Object.fromEntries(good),
    with: to,
    set: (changes) => route(to(changes)),
    wrong: entries.filter((each) => !good.includes(each)).map(([name, value]) => `${name}=${value}`),
  };
}

/** Names the wrong parts of the address. */
export function WrongUrl({ url }: { url: UrlState }) {
  const { t } = useText();
  return (
    <>
      {url.wrong.map((part) => (
        <p class="note" key={part}>
          {t.block.wrongUrl(part)}
        </p>
      ))}
    </>
  );
}

/** The end of a list: what it shows, and the way to the next page. */
export function Pager({
  url,
  nextCursor,
  children,
}: {
  url: UrlState;
  nextCursor: string | null;
  children?: ComponentChildren;
}) {
  const { t } = useText();
  return (
    <div class="foot">
      <span>{children}</span>
      <span class="grow" />
      {url.query[CURSOR] !== undefined && <a href={url.with({})}>{t.block.first}</a>}
      {nextCursor !== null && <a href={url.with({ [CURSOR]: nextCursor })}>{t.block.next}</a>}
    </div>
  );
}

export function Tabs({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <nav class="tabs" aria-label={label}>
      {children}
    </nav>
  );
}

export function Tab({
  href,
  isCurrent,
  children,
}: { href: string; isCurrent: boolean } & JSX.ElementChildrenAttribute) {
  return (
    <a href={href} aria-current={isCurrent ? 'page' : undefined}>
      {children as ComponentChildren}
    </a>
  );
}
