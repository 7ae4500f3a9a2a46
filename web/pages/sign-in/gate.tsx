/** The frame of the pages for people who are not signed in. */
import type { ComponentChildren } from 'preact';
import { Head } from '../../frame/head.tsx';
import { LANGUAGES } from '../../text/format.ts';
import { useText } from '../../text/text.tsx';

const NAMES = { en: 'English', ru: 'Русский' } as const;

export function Gate({ title, children }: { title: string; children: ComponentChildren }) {
  const { language, setLanguage } = useText();
  return (
    <div class="gate">
      <main>
        <span class="brand">
          <i aria-hidden="true">a</i>aTES
        </span>
        <Head title={title} />
        {children}
        <div class="actions">
          {LANGUAGES.filter((each) => each !== language).map((each) => (
            <button key={each} class="btn s" type="button" lang={each} onClick={() => setLanguage(each)}>
              {NAMES[each]}
            </button>
          ))}
        </div>
      </main>
    </div>
  );
}
