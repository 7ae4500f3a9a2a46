import { defineAction } from '#schemas/action.ts';
import { today } from '#schemas/answers/today.ts';

/**
 * ANA-4: events `today` with the body of `GET /analytics/today`: one at once, then one after each
 * change, at most twice a second. The `id` of an event depends on its content. A client that
 * reconnects with the last id (`Last-Event-ID`) gets an event at once only after a change. The
 * stream ends when the token expires.
 */
export default defineAction({
  action: 'analytics.live',
  route: 'GET /analytics/live',
  access: ['admin'],
  summary: "Sends today's figures as server-sent events, now and whenever they change.",
  answer: today,
  event: 'today',
});
