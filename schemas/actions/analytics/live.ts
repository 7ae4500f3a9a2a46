import { defineAction } from '#schemas/action.ts';

/**
 * ANA-4: events `today` with the body of `GET /analytics/today`, at once and at most twice a second afterwards, whenever it changed. An
 * event's `id` stands for its content: who connects again with the last one (`Last-Event-ID`) is told at once only if it changed since. Ends
 * when the token does.
 */
export default defineAction({
  action: 'analytics.live',
  route: 'GET /analytics/live',
  access: ['admin'],
  status: 200,
  summary: "Sends today's figures as server-sent events, now and whenever they change.",
  params: { $$strict: true },
  event: 'today',
});
