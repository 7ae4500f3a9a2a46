/** Takes every mail that it is given, from anyone on this machine, and delivers none. */
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { Inbox } from './inbox.ts';

/** Bytes of a mail. */
const MAX_BYTES = 10_000_000;
/** Whom nobody greets on: an address of the envelope can't hold more. */
const LOCALHOST = '127.0.0.1';

/** Resolves when it listens; throws what stands in its way. */
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
        // Nowhere to keep it: it comes again.
        done(Object.assign(error as Error, { responseCode: 451 }));
      }
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOCALHOST, resolve);
  });
  // Clients that hang up in the middle of a sentence.
  server.on('error', (error) => console.error(error.message));
  return server;
}
