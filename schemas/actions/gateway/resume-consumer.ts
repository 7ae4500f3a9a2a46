import { defineAction } from '#schemas/action.ts';
import { string } from '#schemas/answers.ts';
import { line, whole } from '#schemas/params.ts';

/** SYS-2. Refused with `conflict` unless the consumer has stopped on a node that answers. */
export default defineAction({
  action: 'gateway.resumeConsumer',
  route: 'POST /system/consumers/:name/resume',
  access: ['admin'],
  summary: 'Lets a consumer go on that has stopped itself, on all nodes where it has.',
  params: { name: line(1, 100, 'accounting-tasks') },
  answer: {
    name: string('accounting-tasks'),
    /** The nodes on which it goes on. */
    nodes: whole(1),
  },
  problems: ['conflict'],
});
