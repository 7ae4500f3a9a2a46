/** A part of a page that loads and fails by itself (WEB-4). */
import type { UseQueryResult } from '@tanstack/preact-query';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Failure, failureOf } from '../api/problems.ts';
import { sentenceOf } from '../text/problem.ts';
import { useText } from '../text/text.tsx';
import { Icon } from './icon.tsx';

/** A wait that is shorter than this is not shown, in milliseconds. */
const SHOWN_AFTER_MS = 300;

interface Props<Data> {
  readonly query: Pick<UseQueryResult<Data, Error>, 'data' | 'error' | 'dataUpdatedAt' | 'refetch'>;
  /** The height of the content in pixels, which the block has while it loads. */
  readonly height?: number;
  /** What to show in place of the content when there is none: why, and what to do. */
  readonly empty?: (data: Data) => ComponentChildren | undefined;
  readonly children: (data: Data) => ComponentChildren;
}

export function Block<Data>({ query, height = 120, empty, children }: Props<Data>) {
  const { f, t } = useText();
  const { data, error, dataUpdatedAt, refetch } = query;
  if (data === undefined) {
    if (error === null) return <Waiting height={height} />;
    return <Failed failure={failureOf(error)} onRetry={() => void refetch()} />;
  }
  return (
    <>
      {error !== null && (
        <p class="note" role="status">
          <Icon name="warning" />
          <span>
            {t.block.outdated(f.clock(dataUpdatedAt))}{' '}
            <button class="btn s" type="button" onClick={() => void refetch()}>
              {t.block.tryAgain}
            </button>
          </span>
        </p>
      )}
      {empty?.(data) ?? children(data)}
    </>
  );
}

export function Waiting({ height }: { height: number }) {
  const { t } = useText();
  const [isShown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="state wait" style={{ minHeight: `${height}px` }} role="status">
      {isShown && t.block.loading}
    </div>
  );
}

export function Failed({ failure, onRetry }: { failure: Failure; onRetry?: () => void }) {
  const { t } = useText();
  const id = failure.problem?.requestId;
  return (
    <div class="state" role="alert">
      <span class="dot bad">{sentenceOf(t, failure)}</span>
      {id !== undefined && <span class="mono">{t.block.request(id)}</span>}
      {onRetry !== undefined && (
        <button class="btn s" type="button" onClick={onRetry}>
          {t.block.tryAgain}
        </button>
      )}
    </div>
  );
}

/** Says that a list is empty: why, and what to do. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="state">{children}</div>;
}
