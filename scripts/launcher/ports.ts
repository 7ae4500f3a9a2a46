/** TCP ports: finds free ones, and explains why one is not. */
import { createServer } from 'node:net';
import { readIfThere, writeWhole } from './files.ts';
import { LaunchError } from './launch-error.ts';

/**
 * Listens for a moment. Returns the port (`port` 0: any free one), or the code of the system's
 * refusal.
 */
export function tryPort(host: string, port: number): Promise<{ port: number } | { refused: string }> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ refused: error.code ?? error.message }));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const had = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve({ port: had }));
    });
  });
}

/**
 * A free port on 127.0.0.1: the one noted in `file` if it is still free. Otherwise another one,
 * which is then noted there.
 */
export async function keptPort(file: string): Promise<number> {
  const kept = Number(readIfThere(file) ?? 0);
  const again = Number.isInteger(kept) && kept > 0 && kept < 65_536;
  const first = await tryPort('127.0.0.1', again ? kept : 0);
  const had = 'port' in first ? first : await tryPort('127.0.0.1', 0);
  if (!('port' in had)) throw new Error(`No port of 127.0.0.1 can be had: ${had.refused}`);
  if (had.port !== kept) writeWhole(file, `${had.port}\n`);
  return had.port;
}

/**
 * The port for the system to listen on (a free one for `port` 0), checked before anything starts.
 * Throws a `LaunchError` with the variable to change and the `command` to type.
 */
export async function portToListenOn(host: string, port: number, command = 'npm start'): Promise<number> {
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

/** The URL by which this machine reaches the system. `secure` where it speaks HTTPS. */
export function systemUrl(host: string, port: number, secure = false): string {
  const reachable =
    { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `${secure ? 'https' : 'http'}://${reachable}:${port}`;
}
