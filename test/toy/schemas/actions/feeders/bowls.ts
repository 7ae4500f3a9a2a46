import { defineAction } from '#schemas/action.ts';

export default defineAction({
  action: 'feeders.bowls',
  route: 'GET /bowls',
  access: 'signed-in',
  summary: 'Lists the bowls by the names of their parrots.',
});
