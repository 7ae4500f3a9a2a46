import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../../config.ts';
import { parseClients } from './clients.ts';
import { providerOf } from './provider.ts';

const SECRET = 'x'.repeat(32);
const WIKI = { client_id: 'wiki', client_secret: SECRET, redirect_uris: ['https://wiki.test/back'] };
const PUBLIC_URL = 'https://ates.test/';

describe('OIDC_CLIENTS', () => {
  it('has the clients, their names and their secrets', () => {
    const app = {
      client_id: 'app',
      client_name: 'App',
      redirect_uris: ['com.example.app:/', 'http://[::1]:9/'],
    };
    expect(parseClients(JSON.stringify([WIKI, app]))).toEqual([
      { id: 'wiki', name: 'wiki', secret: SECRET, redirectUris: WIKI.redirect_uris },
      { id: 'app', name: 'App', secret: null, redirectUris: app.redirect_uris },
    ]);
  });

  it.each([
    ['no JSON', 'wiki:secret'],
    ['no list', JSON.stringify(WIKI)],
    ['nothing', '[null]'],
    ['a client twice', JSON.stringify([WIKI, WIKI])],
    ['an unknown field', JSON.stringify([{ ...WIKI, scopes: [] }])],
    ['a short secret', JSON.stringify([{ ...WIKI, client_secret: 'short' }])],
    ['a bad id', JSON.stringify([{ ...WIKI, client_id: 'a wiki' }])],
    ['no address', JSON.stringify([{ ...WIKI, redirect_uris: [] }])],
    ...[
      'http://wiki.test/',
      'javascript:alert(1)',
      'data:text/html,x',
      '/back',
      'https://wiki.test/#a',
      'https://a@wiki.test/',
    ].map((uri) => [`the address ${uri}`, JSON.stringify([{ ...WIKI, redirect_uris: [uri] }])] as const),
  ])('AUTH-15: stops the start by name with %s, without the value', (_, value) => {
    const read = () => readConfig({ OIDC_CLIENTS: value, PUBLIC_URL });
    expect(read).toThrow(/^OIDC_CLIENTS is "\*\*\*", but should be /);
    expect(read).not.toThrow(SECRET);
  });

  it('needs PUBLIC_URL, which is the issuer', () => {
    const OIDC_CLIENTS = JSON.stringify([WIKI]);
    for (const url of [undefined, 'https://ates.test/?a=b']) {
      expect(() => readConfig({ OIDC_CLIENTS, PUBLIC_URL: url })).toThrow(/^PUBLIC_URL is /);
    }
    expect(providerOf(readConfig({ OIDC_CLIENTS, PUBLIC_URL })).issuer).toBe('https://ates.test');
  });

  it('is missing by default: then there is no provider', () => {
    expect(() => providerOf(readConfig({ PUBLIC_URL }))).toThrow('OIDC_CLIENTS is not set');
  });
});
