/**
 * The health check of a container. `node scripts/health.ts` asks the node that listens at
 * `HEALTH_SOCKET`. `node scripts/health.ts <URL>` requests the URL and expects status 200. Both
 * print the answer. The exit status is 0 for a node that can do its work, otherwise 1.
 * `node scripts/health.ts --live` is content with any answer at the socket: restarting a node does
 * not bring back a server that is away.
 */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { sendRequest } from './launcher/http-request.ts';

/**
 * Less than the `timeout` of the health checks that call this, so that they have a reason to show,
 * in milliseconds.
 */
const WITHIN_MS = 4_000;

/** A gateway with a certificate is asked by HTTPS, whatever the URL says. */
async function askUrl(url: string) {
  const certFile = process.env.TLS_CERT_FILE || null;
  const asked = certFile === null ? url : url.replace(/^http:/, 'https:');
  const { status, body } = await sendRequest(asked, { withinMs: WITHIN_MS, certFile });
  return { well: status === 200, said: `${status} ${body}` };
}

async function askSocket(path: string | undefined, isAnyAnswerWell: boolean) {
  if (path === undefined) throw new Error('HEALTH_SOCKET is not set');
  const said = await text(connect(path));
  const { ready } = JSON.parse(said);
  return { well: isAnyAnswerWell || ready === true, said };
}

const [option] = process.argv.slice(2);
const isLive = option === '--live';
const url = isLive ? undefined : option;
const late = delay(WITHIN_MS, { well: false, said: `no answer within ${WITHIN_MS} ms` });
const asked = url === undefined ? askSocket(process.env.HEALTH_SOCKET, isLive) : askUrl(url);
const { well, said } = await Promise.race([asked, late]).catch((error: Error) => ({
  well: false,
  said: String(error.cause ?? error),
}));
console.log(said.trim());
process.exit(well ? 0 : 1);
