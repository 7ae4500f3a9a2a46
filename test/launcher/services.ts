/**
 * A stub for the services: it answers /readyz, shows its environment, crashes on request, and
 * refuses sign-ins if it is configured to. It uses no Moleculer and no database.
 */
import { createServer } from 'node:http';

const shown = [
  'NATS_URL',
  'AUTH_NATS_URL',
  'DATABASE_URL',
  'SMTP_URL',
  'ADMIN_LOGIN',
  'ADMIN_BEAK',
  'DATA_DIR',
  'PORT',
];

createServer((request, response) => {
  if (request.url === '/crash') process.exit(3);
  if (request.url === '/api/v1/auth/login' && process.env.REFUSE_SIGN_IN) response.statusCode = 401;
  const environment = Object.fromEntries(shown.map((name) => [name, process.env[name] ?? null]));
  response.end(JSON.stringify({ pid: process.pid, ...environment }));
}).listen(Number(process.env.PORT), '127.0.0.1');

process.on('SIGTERM', () => {
  console.log('stand-in: stopped in order');
  process.exit(0);
});
