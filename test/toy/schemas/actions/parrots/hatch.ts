import { defineAction } from '#schemas/action.ts';
import { string } from '#schemas/answers.ts';
import { id, line } from '#schemas/params.ts';

export default defineAction({
  action: 'parrots.hatch',
  route: 'POST /parrots',
  access: 'signed-in',
  status: 201,
  summary: 'Hatches a parrot.',
  params: { name: line(1, 20) },
  answer: { id: id(), name: string() },
});
