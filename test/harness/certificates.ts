/** A test's own certificate authority, and the files of certificates that it signs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { generate } from 'selfsigned';
import type { CertificateFiles } from '../../settings.ts';

export interface Authority {
  /** Its own certificate, for clients that trust it. */
  readonly caFile: string;
  /** A certificate for these names and addresses, also for clients. */
  sign(name: string, names: { readonly dns?: string[]; readonly ip?: string[] }): Promise<CertificateFiles>;
}

/** The files are in the folder. Only their owner can read them. */
export async function makeAuthority(folder: string): Promise<Authority> {
  mkdirSync(folder, { recursive: true });
  const write = (file: string, content: string) => {
    writeFileSync(`${folder}/${file}`, content, { mode: 0o600 });
    return `${folder}/${file}`;
  };
  const base = { keyType: 'ec', algorithm: 'sha256' } as const;
  const own = await generate([{ name: 'commonName', value: 'Authority of a test' }], {
    ...base,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  return {
    caFile: write('ca.pem', own.cert),
    async sign(name, { dns = [], ip = [] }) {
      const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
        ...base,
        ca: { cert: own.cert, key: own.private },
        extensions: [
          { name: 'keyUsage', digitalSignature: true, critical: true },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          {
            name: 'subjectAltName',
            altNames: [
              ...dns.map((value) => ({ type: 2 as const, value })),
              ...ip.map((address) => ({ type: 7 as const, ip: address })),
            ],
          },
        ],
      });
      return { certFile: write(`${name}.pem`, cert), keyFile: write(`${name}.key`, key) };
    },
  };
}
