import { defineAction } from '#schemas/action.ts';
import { array, described, object, string } from '#schemas/answers.ts';
import { id } from '#schemas/params.ts';

export default defineAction({
  action: 'feeders.bowls',
  route: 'GET /bowls',
  access: 'signed-in',
  summary: 'Lists the bowls by the names of their parrots.',
  answer: {
    items: array(
      object({ parrotId: described(id(), 'The parrot that the bowl belongs to.'), name: string() }),
    ),
  },
});
