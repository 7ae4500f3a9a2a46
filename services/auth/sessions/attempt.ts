/** An attempt to sign in, or to prove in another way that an account is one's own. Pure. */
import type { KeyObject } from 'node:crypto';
import { networkOf } from '#mixins/network.ts';
import { isLogin } from '../users/user.ts';
import type { Turn } from './fair-turns.ts';
import { digestOfLogin } from './tried-login.ts';

/** The values by which a sign-in is counted. */
export interface Attempt {
  /** The attempted login; empty when no account can have it. */
  readonly login: string;
  /** HMAC-SHA256 of the attempted login (`digestOfLogin`), which may have any form and length. */
  readonly loginHash: Buffer;
  /**
   * The address, or the /64 network of an IPv6 address. Null for a caller without an address, which
   * is always one of our own nodes.
   */
  readonly network: string | null;
}

/** Text that can't be a login is not looked up: PostgreSQL refuses some texts. */
export const attemptOf = (secret: KeyObject, login: string, address: string | null): Attempt => ({
  login: isLogin(login) ? login : '',
  loginHash: digestOfLogin(secret, login),
  network: address === null ? null : networkOf(address),
});

export const turnOf = ({ loginHash, network }: Attempt): Turn => ({
  network: network ?? '',
  account: loginHash.toString('hex'),
});
