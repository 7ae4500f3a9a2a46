/** TCP ports: which is free, and what stands in the way of one. */
import { createServer } from 'node:net';
import { readIfThere, writeWhole } from './files.ts';

/** Listens for a moment; the port that was had (`port` 0: any), or the code of the system's refusal. */
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

/** A free port on 127.0.0.1: the one noted in `file` if it is still free, else another, noted there. */
export async function keptPort(file: string): Promise<number> {
  const kept = Number(readIfThere(file) ?? 0);
  const again = Number.isInteger(kept) && kept > 0 && kept < 65_536;
  const first = await tryPort('127.0.0.1', again ? kept : 0);
  const had = 'port' in first ? first : await tryPort('127.0.0.1', 0);
  if (!('port' in had)) throw new Error(`No port of 127.0.0.1 can be had: ${had.refused}`);
  if (had.port !== kept) writeWhole(file, `${had.port}\n`);
  return had.port;
}
