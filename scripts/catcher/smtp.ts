/** Accepts every mail from this machine, and delivers none. */
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { Inbox } from './inbox.ts';

/** The largest accepted mail, in bytes. */
const MAX_BYTES = 10_000_000;
/** The address to listen on: other machines must not reach it. */
const LOCALHOST = '127.0.0.1';

/** Resolves when it listens. Throws the error that prevents it. */
export async function serveSmtp(inbox: Inbox, port: number): Promise<SMTPServer> {
  const server = new SMTPServer({
    banner: 'This server catches mails',
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    logger: false,
    onData: async (stream, { envelope }, done) => {
      try {
        const raw = await buffer(stream);
        if (stream.sizeExceeded) {
          done(Object.assign(new Error(`A mail has at most ${MAX_BYTES} bytes here`), { responseCode: 552 }));
          return;
        }
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        await inbox.add(raw, { from, to: envelope.rcptTo.map(({ address }) => address) });
        done();
      } catch (error) {
        // The mail could not be saved: the client sends it again.
        done(Object.assign(error as Error, { responseCode: 451 }));
      }
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOCALHOST, resolve);
  });
  // Clients may disconnect in the middle of a command.
  server.on('error', (error) => console.error(error.message));
  return server;
}
