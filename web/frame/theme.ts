/** Light, dark, or as the system has it. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEPT = 'theme';

export function themeNow(): Theme {
  const kept = localStorage.getItem(KEPT) as Theme | null;
  return kept !== null && THEMES.includes(kept) ? kept : 'system';
}

export function applyTheme(theme: Theme = themeNow()): void {
  localStorage.setItem(KEPT, theme);
  document.documentElement.style.colorScheme = theme === 'system' ? 'light dark' : theme;
}
