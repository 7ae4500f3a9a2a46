/** The gateway's address, made sure of before anything is started. */
import { LaunchError } from './launch-error.ts';
import { tryPort } from './ports.ts';

/**
 * The port to listen on (one that is free for `port` 0). Throws `LaunchError` naming the variable to change, and how `command` is then typed.
 */
export async function gatewayPort(host: string, port: number, command = 'npm start'): Promise<number> {
  const tried = await tryPort(host, port);
  if ('port' in tried) return tried.port;
  switch (tried.refused) {
    case 'EADDRINUSE':
      throw new LaunchError(
        `PORT ${port} is taken on ${host}. Stop what listens there, or choose another one: PORT=${otherThan(port)} ${command}`,
      );
    case 'EACCES':
      throw new LaunchError(`PORT ${port} needs rights that this user lacks. Choose one above 1023.`);
    default:
      throw new LaunchError(
        `HOST ${host} can't be listened on (${tried.refused}). Set it to an address of this machine.`,
      );
  }
}

function otherThan(port: number): number {
  return port < 65_535 ? port + 1 : 3000;
}

/** The URL by which this machine reaches the gateway; `secure` where that speaks HTTPS. */
export function gatewayUrl(host: string, port: number, secure = false): string {
  const reachable =
    { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `${secure ? 'https' : 'http'}://${reachable}:${port}`;
}
