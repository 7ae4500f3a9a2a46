/**
 * A private mail catcher (scripts/catcher.ts) below our own folder: `mails/`, `smtp-port`,
 * `page-port`, `catcher.log`. Both ports are only on 127.0.0.1, and stay the same at every start.
 */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { LaunchError } from '../launcher/launch-error.ts';
import { keptPort } from '../launcher/ports.ts';
import type { OpenNote } from '../launcher/spawn.ts';
import { controls, type Server, spawnServer, tail, whenAnswering } from './server.ts';

export interface CatcherOptions {
  /** Absolute; made when missing. */
  readonly folder: string;
  readonly openNote?: OpenNote;
}

export interface Catcher extends Server {
  /** The URL of the page with the mails. */
  readonly page: string;
}

const PROGRAM = fileURLToPath(new URL('../catcher.ts', import.meta.url));

/**
 * Time limit of a start, in milliseconds. It first reads earlier mails, which takes some seconds on
 * a busy machine.
 */
const READY_WITHIN_MS = 60_000;

/**
 * Starts it, and resolves when it accepts mails and shows its page. Throws `LaunchError` when it
 * does not start.
 */
export async function startCatcher({ folder, openNote }: CatcherOptions): Promise<Catcher> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = `${folder}/catcher.log`;
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const smtpPort = await keptPort(`${folder}/smtp-port`);
    const pagePort = await keptPort(`${folder}/page-port`);
    const spawned = await spawnServer({
      command: process.execPath,
      args: [PROGRAM, `${folder}/mails`, String(smtpPort), String(pagePort)],
      cwd: folder,
      log,
      openNote,
    });
    const look = () => Promise.all([smtpPort, pagePort].map(reach));
    if (await whenAnswering(spawned, 'SIGTERM', deadline, look)) {
      const page = `http://127.0.0.1:${pagePort}/`;
      return {
        url: `smtp://127.0.0.1:${smtpPort}`,
        page,
        summary: `mail catcher on 127.0.0.1:${smtpPort}, its inbox on ${page}`,
        ...controls(spawned, 'SIGTERM'),
      };
    }
    const said = tail(log);
    // Another process took a port meanwhile, so the next attempt uses another one.
    if (!said.includes('EADDRINUSE') || Date.now() > deadline) {
      throw new LaunchError(`The mail catcher in ${folder} did not start:\n${said}`);
    }
  }
}

/** Throws while the port is not open. */
async function reach(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect').finally(() => socket.destroy());
}
