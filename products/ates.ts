/** aTES: tasks go to random employees, who pay for each one and are paid for completing it. */
import type { ProductDeclaration } from '../product.ts';

export default {
  title: 'aTES',
  services: ['tasks'],
  namespace: 'ates',
  sender: 'no-reply@ates.localhost',
  realm: 'ates',
  currency: 'USD',
  introduction: [
    'A walk through the API:',
    '1. `POST /auth/login` with login and beak (a password) gives an access token for 10 minutes. Send it as `Authorization: Bearer`. `POST /auth/refresh` gives the next one.',
    '2. An admin registers people (`POST /users`). Tasks go to all who are neither manager nor admin.',
    '3. `POST /tasks` creates a task and draws its assignee, who is charged a fee. `GET /tasks?assignee=me&status=open` lists the tasks of the caller. `POST /tasks/{id}/complete` completes one, which pays a reward. A manager draws all open tasks again by `POST /tasks/shuffles`.',
    '4. `GET /accounting/accounts/me/statement` shows the lines of the caller, about a second after their cause. The same holds for figures (`/analytics`), events (`GET /audit`) and mails (`GET /mails`).',
    '5. Each business day ends by the schedule, or by `POST /accounting/days/{day}/close`. Then positive balances are paid out, and mails say so.',
  ].join('\n'),
} satisfies ProductDeclaration;
