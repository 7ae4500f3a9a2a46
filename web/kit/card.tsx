/** A framed part of a page, with a heading. */
import type { ComponentChildren } from 'preact';

interface Props {
  readonly title?: string;
  /** Beside the heading, paler. */
  readonly note?: ComponentChildren;
  /** At the right of the heading. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Card({ title, note, actions, children }: Props) {
  return (
    <section class="card" {...(title === undefined ? {} : { 'aria-label': title })}>
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {note !== undefined && <span class="mut">{note}</span>}
          <span class="grow" />
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}
