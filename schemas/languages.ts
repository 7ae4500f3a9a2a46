/** The languages of texts for people, by their codes of ISO 639-1. */
export const LANGUAGES = ['en', 'ru'] as const;
