/** The business day as the ledger sees it: the calendar that all services share. */
export type { BusinessDay, Calendar } from '../../mixins/calendar.ts';
export {
  calendarOf,
  dayAfter,
  dayOf,
  daysBetween,
  daysDue,
  endOf,
  isBusinessDay,
} from '../../mixins/calendar.ts';
