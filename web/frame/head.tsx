/** The heading of a page. It gets the focus when the page opens (WEB-8). */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  readonly title: string;
  /** Beside the heading. */
  readonly note?: ComponentChildren;
  /** At the right. */
  readonly actions?: ComponentChildren;
}

export function Head({ title, note, actions }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    document.title = `${title} · aTES`;
  }, [title]);
  return (
    <div class="head">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {note}
      <span class="grow" />
      {actions}
    </div>
  );
}
