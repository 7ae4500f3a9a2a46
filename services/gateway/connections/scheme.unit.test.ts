import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { schemeFinder } from './scheme.ts';

const PROXY = '10.1.2.3';
const PLAIN = new Socket();
const SECURE = new TLSSocket(PLAIN);

interface Asked {
  readonly socket?: Socket;
  readonly from?: string;
  readonly host?: string;
  readonly proto?: string;
  readonly publicUrl?: string;
}

function schemeOf({ socket = PLAIN, from = '192.0.2.1', host, proto, publicUrl }: Asked): string {
  const find = schemeFinder({ trustedProxies: ['10.0.0.0/8'], publicUrl: publicUrl ?? null });
  const seen = Object.create(socket, { remoteAddress: { value: from } });
  return find({ socket: seen, headers: { host, 'x-forwarded-proto': proto } });
}

describe('the scheme of a request', () => {
  it.each<[string, Asked, string]>([
    ['is that of the socket', {}, 'http'],
    ['is that of the socket with TLS', { socket: SECURE, publicUrl: 'http://a.example' }, 'https'],
    ['is what a trusted proxy says', { from: PROXY, proto: 'https' }, 'https'],
    ['is what the first of several proxies says', { from: PROXY, proto: 'HTTPS , http' }, 'https'],
    ['is what a trusted proxy says over TLS', { socket: SECURE, from: PROXY, proto: 'http' }, 'http'],
    ['is not what anybody says', { proto: 'https' }, 'http'],
    ['is not what makes no sense', { from: PROXY, proto: 'wss' }, 'http'],
    ['is that of PUBLIC_URL', { host: 'A.example:443', publicUrl: 'https://a.example' }, 'https'],
    ['is not that of another host', { host: 'b.example', publicUrl: 'https://a.example' }, 'http'],
    ['is not that of another port', { host: 'a.example:8080', publicUrl: 'https://a.example' }, 'http'],
  ])('F20: %s (%j)', (_, asked, expected) => {
    expect(schemeOf(asked)).toBe(expected);
  });
});
