/**
 * Signs tokens in tests without the owner of the accounts. It has its own key, and the bucket's
 * entry that makes nodes trust the key.
 */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { keyEntry } from './access-token.ts';
import { issueAccessToken, type SigningKey, type TokenSubject } from './issue.ts';

/** Replaces the owner of the accounts. */
export interface TestIssuer {
  readonly key: SigningKey;
  readonly publicJwk: JWK;
  /**
   * The bucket's entry of the public key: `(await bus.bucket('identity')).put(...issuer.entry)`.
   */
  readonly entry: readonly [key: string, value: string];
  /**
   * A token of a developer with new ids. `subject` overrides them. `now` is milliseconds since
   * 1970.
   */
  token(subject?: Partial<TokenSubject>, now?: number): Promise<string>;
}

/** An issuer of the namespace's tokens with a new key, or one under the key id of another. */
export async function createTestIssuer(namespace: string, kid: string = randomUUID()): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const key = { kid, privateKey };
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' };
  return {
    key,
    publicJwk,
    entry: [keyEntry(kid), JSON.stringify(publicJwk)],
    token: (subject = {}, now = Date.now()) =>
      issueAccessToken(
        key,
        namespace,
        {
          userId: randomUUID(),
          sessionId: randomUUID(),
          version: 1,
          login: 'popug',
          name: 'Popug',
          roles: ['developer'],
          ...subject,
        },
        randomUUID(),
        now,
      ),
  };
}
