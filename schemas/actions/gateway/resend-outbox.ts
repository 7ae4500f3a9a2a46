import { defineAction } from '#schemas/action.ts';
import { string } from '#schemas/answers.ts';
import { line, whole } from '#schemas/params.ts';

/** SYS-2. */
export default defineAction({
  action: 'gateway.resendOutbox',
  route: 'POST /system/outboxes/:service/resend',
  access: ['admin'],
  summary: 'Publishes the events of a service again that the broker has refused.',
  params: { service: line(1, 100, 'accounting') },
  answer: {
    service: string('accounting'),
    /** The events that are published again. */
    events: whole(0),
  },
});
