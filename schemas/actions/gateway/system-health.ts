import { defineAction } from '#schemas/action.ts';
import { systemHealth } from '#schemas/answers/system.ts';

/** SYS-1. All nodes are asked at most every two seconds, however many clients read it. */
export default defineAction({
  action: 'gateway.systemHealth',
  route: 'GET /system/health',
  access: ['admin'],
  summary: 'Shows the state of all services, consumers, loops, outboxes and mails.',
  answer: systemHealth,
});
