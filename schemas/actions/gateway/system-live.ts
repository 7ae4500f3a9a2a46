import { defineAction } from '#schemas/action.ts';
import { systemHealth } from '#schemas/answers/system.ts';

/** SYS-1. The answer of `GET /system/health`, every two seconds. */
export default defineAction({
  action: 'gateway.systemLive',
  route: 'GET /system/live',
  access: ['admin'],
  summary: 'Follows the state of all services, consumers, loops, outboxes and mails.',
  answer: systemHealth,
  event: 'system',
});
