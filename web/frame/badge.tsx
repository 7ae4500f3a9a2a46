/** Whether the books agree, on every page, for the people whom it concerns (WEB-1). */
import { useState } from 'preact/hooks';
import { useGet } from '../api/queries.ts';
import { Dialog } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';
import { Time } from '../kit/value.tsx';
import { useText } from '../text/text.tsx';
import { useUser } from './user.tsx';

const POLL_MS = 30_000;

export function Badge() {
  const { t, f } = useText();
  const user = useUser();
  const [isOpen, open] = useState(false);
  const { data } = useGet('/analytics/reconciliation/latest', {}, { pollMs: POLL_MS });
  if (data === undefined) return null;
  const { consistent, checkedAt } = data;
  const title = consistent ? t.badge.agree : consistent === false ? t.badge.differ : t.badge.unknown;
  const tone = consistent ? ' ok' : consistent === false ? ' bad' : '';
  // The name of the link or button has all its words, also where a narrow screen hides some.
  const name = checkedAt === null ? title : `${title} · ${f.clock(checkedAt).slice(0, 5)}`;
  const content = (
    <>
      <Icon name={consistent ? 'check' : 'warning'} />
      <span class="word">{title}</span>
      {checkedAt !== null && <span class="opt"> · {f.clock(checkedAt).slice(0, 5)}</span>}
    </>
  );
  if (user.is('admin')) {
    return (
      <a class={`chip${tone}`} href="/system" aria-label={name}>
        {content}
      </a>
    );
  }
  return (
    <>
      <button class={`chip${tone}`} type="button" aria-label={name} onClick={() => open(true)}>
        {content}
      </button>
      {isOpen && (
        <Dialog title={title} onClose={() => open(false)}>
          <p>{t.badge.what}</p>
          {checkedAt !== null && (
            <p class="mut">
              <Time at={checkedAt} form="full" />
            </p>
          )}
          {consistent === false && <p>{t.badge.ask}</p>}
          <div class="actions">
            <button class="btn" type="button" onClick={() => open(false)}>
              {t.command.close}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
