/** The problems that services add to the catalogue. Each is declared in the file of its service. */
import accounting from './accounting.ts';
import analytics from './analytics.ts';
import auth from './auth.ts';
import tasks from './tasks.ts';

export const SERVICE_ERRORS = { ...accounting, ...analytics, ...auth, ...tasks } as const;
