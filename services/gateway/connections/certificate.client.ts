/** Reads the gateway's certificate and key from files, again when they are renewed. */
import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:tls';
import type { Outage } from '#mixins/outage.ts';
import type { CertificateFiles } from '../../../settings.ts';

/**
 * How often the files are checked, in milliseconds. Certificates are renewed days before they
 * expire.
 */
const LOOK_EVERY_MS = 60_000;

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Throws when a file cannot be read. */
export function readCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

export interface Renewal {
  /**
   * Loads the files if they have changed, and returns whether they had. A mismatched pair changes
   * nothing.
   */
  runOnce(): boolean;
  stop(): void;
}

/** Uses the renewed certificate for new connections. */
export function renewCertificate(
  server: Pick<Server, 'setSecureContext'>,
  files: CertificateFiles,
  outage: Pick<Outage, 'failed' | 'over'>,
): Renewal {
  let used = versionOf(files);
  const runOnce = () => {
    const found = versionOf(files);
    if (found === used) return false;
    server.setSecureContext(readCertificate(files));
    used = found;
    return true;
  };
  const timer = setInterval(() => {
    try {
      runOnce();
      outage.over();
    } catch (error) {
      // One file may be written a moment before the other, so the next check decides.
      outage.failed(error);
    }
  }, LOOK_EVERY_MS).unref();
  return { runOnce, stop: () => clearInterval(timer) };
}

function versionOf({ certFile, keyFile }: CertificateFiles): string {
  return [certFile, keyFile].map((file) => `${statSync(file).mtimeMs}/${statSync(file).size}`).join();
}
