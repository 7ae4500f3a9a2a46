import { defineAction } from '#schemas/action.ts';
import { serviceAccount } from '#schemas/answers/service-account.ts';
import { list } from '#schemas/answers.ts';
import { page } from '#schemas/params.ts';

export default defineAction({
  action: 'auth.serviceAccounts',
  route: 'GET /service-accounts',
  access: ['admin'],
  summary: 'Lists service accounts, the newest first, also expired and revoked ones.',
  params: page,
  answer: list(serviceAccount),
});
