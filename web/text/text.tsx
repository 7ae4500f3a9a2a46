/** The language of the pages, with their texts and formats. */
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import { en, type Texts } from './en.ts';
import { type Format, formatOf, LANGUAGES, type Language, type Measures } from './format.ts';

interface Speech {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly t: Texts;
  readonly f: Format;
}

const KEPT = 'language';
const LOADERS: Readonly<Record<Language, () => Promise<Texts>>> = {
  en: async () => en,
  ru: async () => (await import('./ru.ts')).ru,
};
const isLanguage = (value: unknown): value is Language => LANGUAGES.includes(value as Language);

/** The language that the reader chose here, else the browser's, else English. */
function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (isLanguage(kept)) return kept;
  return navigator.languages.map((each) => each.slice(0, 2)).find(isLanguage) ?? 'en';
}

const Context = createContext<Speech | undefined>(undefined);

/** The texts (`t`) and formats (`f`) of the reader's language. */
export function useText(): Speech {
  const speech = useContext(Context);
  if (speech === undefined) throw new Error('useText needs <Spoken> above it');
  return speech;
}

/** Gives the texts to everything in it. It shows nothing until they are there. */
export function Spoken({ measures, children }: { measures: Measures; children: ComponentChildren }) {
  const [language, choose] = useState(firstLanguage);
  const [texts, setTexts] = useState<{ language: Language; t: Texts }>();
  useEffect(() => {
    let isCurrent = true;
    document.documentElement.lang = language;
    void LOADERS[language]().then((t) => isCurrent && setTexts({ language, t }));
    return () => {
      isCurrent = false;
    };
  }, [language]);
  const speech = useMemo<Speech | undefined>(() => {
    if (texts === undefined) return undefined;
    const setLanguage = (next: Language) => {
      localStorage.setItem(KEPT, next);
      choose(next);
    };
    return { language: texts.language, setLanguage, t: texts.t, f: formatOf(texts.language, measures) };
  }, [texts, measures]);
  return speech === undefined ? null : <Context.Provider value={speech}>{children}</Context.Provider>;
}
