import { describe, expect, it } from '@jest/globals';
import { signInPage } from './sign-in-page.ts';

describe('the sign-in page', () => {
  it.each([
    ['https://wiki.example.com:8443/back?from=us', 'https://wiki.example.com:8443'],
    ['http://127.0.0.1:4000/back', 'http://127.0.0.1:4000'],
    // Policies know no IPv6 addresses, and no hosts of an app's own scheme.
    ['http://[::1]:4000/back', 'http:'],
    ['com.example.app:/back', 'com.example.app:'],
  ])('lets its form lead to %s by the policy %s', (redirectUri, target) => {
    const { formTargets } = signInPage({
      language: 'en',
      client: 'Wiki',
      action: '/oidc/authorize',
      hidden: {},
      login: '',
      fault: null,
      redirectUri,
    });
    expect(formTargets).toEqual(["'self'", target]);
  });
});
