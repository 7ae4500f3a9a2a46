import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Page } from '#mixins/lists.ts';
import type { ActionItem } from '#schemas/action.ts';
import type sessionsAction from '#schemas/actions/auth/sessions.ts';
import type { Config } from '../../../config.ts';
import { dropNamespace, testConfig } from '../../../test/harness/config.ts';
import {
  ADMIN_BEAK,
  type AuthNode,
  BEAK,
  type Look,
  lookInto,
  register,
  startAuth,
} from '../auth.fixture.ts';
import type { Tokens } from '../context.ts';
import type { UserView } from '../users/user.ts';

type Sessions = Page<ActionItem<typeof sessionsAction>>;

let config: Config;
let node: AuthNode;
let look: Look;
/** The access token of the first admin. */
let token: string;

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK });
  node = await startAuth(config);
  look = await lookInto(config);
  token = (await node.signIn()).accessToken;
});

afterAll(async () => {
  await look?.end();
  await node?.stop();
  await dropNamespace(config);
});

const sidOf = ({ accessToken }: Tokens) => String(decodeJwt(accessToken).sid);
const sessionsOf = ({ accessToken }: Tokens, params: object = {}) =>
  node.call<Sessions>('auth.sessions', params, { token: accessToken });

/** A user with sessions on as many devices, the oldest first. */
async function userWith(devices: number): Promise<{ user: UserView; sessions: Tokens[] }> {
  const user = await register(node, token);
  const sessions: Tokens[] = [];
  for (let n = 1; n <= devices; n++) {
    sessions.push(await node.signIn(user.login, BEAK, { address: `192.0.2.${n}`, userAgent: `Device ${n}` }));
  }
  return { user, sessions };
}

/** Expects a refusal with this code that changes nothing. */
async function expectRefused(action: string, params: object, code: string, as: string) {
  const before = await look.state();
  expect(await node.refusal(action, params, { token: as })).toBe(code);
  expect(await look.state()).toEqual(before);
}

describe('the sessions of an account', () => {
  it('AUTH-8: are listed with device and address, the newest first, and the current one is marked', async () => {
    const { sessions } = await userWith(2);
    const [older, newer] = sessions as [Tokens, Tokens];
    const { items, nextCursor } = await sessionsOf(older);
    expect(items).toMatchObject([
      { id: sidOf(newer), address: '192.0.2.2', userAgent: 'Device 2', current: false },
      { id: sidOf(older), address: '192.0.2.1', userAgent: 'Device 1', current: true },
    ]);
    expect(nextCursor).toBeNull();
  });

  it('show the device, the address and the time of the last refresh', async () => {
    const { sessions } = await userWith(1);
    const [tokens] = sessions as [Tokens];
    const moved = { address: '198.51.100.7', userAgent: 'Another' };
    const refreshed = await node.call<Tokens>('auth.refresh', { refreshToken: tokens.refreshToken }, moved);
    const [session] = (await sessionsOf(refreshed)).items;
    expect(session).toMatchObject({ id: sidOf(tokens), ...moved, current: true });
    expect(Date.parse(session?.usedAt ?? '')).toBeGreaterThan(Date.parse(session?.openedAt ?? ''));
  });

  it('are listed page by page', async () => {
    const { sessions } = await userWith(3);
    const [one, two, three] = sessions as [Tokens, Tokens, Tokens];
    const first = await sessionsOf(one, { limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual([sidOf(three), sidOf(two)]);
    const second = await sessionsOf(one, { limit: 2, cursor: first.nextCursor });
    expect(second).toMatchObject({ items: [{ id: sidOf(one) }], nextCursor: null });
    await expectRefused('auth.sessions', { cursor: 'no cursor' }, 'invalid_cursor', one.accessToken);
  });

  it('AUTH-8: end one by one; the tokens of the ended one are refused at once', async () => {
    const { user, sessions } = await userWith(2);
    const [kept, ended] = sessions as [Tokens, Tokens];
    await node.call('auth.endSession', { id: sidOf(ended) }, { token: kept.accessToken });
    expect(await node.refusal('auth.me', {}, { token: ended.accessToken })).toBe('token_stale');
    expect(await node.refusal('auth.refresh', { refreshToken: ended.refreshToken })).toBe('invalid_token');
    expect((await sessionsOf(kept)).items.map(({ id }) => id)).toEqual([sidOf(kept)]);
    expect((await look.events(`session/${sidOf(ended)}`)).map(({ type }) => type)).toEqual([
      'auth.session.opened.v1',
      'auth.session.revoked.v1',
    ]);
    const [row] = await look.rows('SELECT actor_id FROM outbox WHERE aggregate = $1 AND sequence = 2', [
      `session/${sidOf(ended)}`,
    ]);
    expect(row).toEqual({ actor_id: user.id });
  });

  it('AUTH-8: all end except the current one', async () => {
    const { sessions } = await userWith(3);
    const [current, ...others] = sessions as [Tokens, ...Tokens[]];
    await node.call('auth.endSessions', {}, { token: current.accessToken });
    for (const { accessToken } of others) {
      expect(await node.refusal('auth.me', {}, { token: accessToken })).toBe('token_stale');
    }
    expect((await sessionsOf(current)).items.map(({ id }) => id)).toEqual([sidOf(current)]);
  });

  it('are nobody else’s: others find no such session, and change nothing', async () => {
    const [{ sessions }, stranger] = [await userWith(1), await userWith(1)];
    const [own] = sessions as [Tokens];
    const [theirs] = stranger.sessions as [Tokens];
    await expectRefused('auth.endSession', { id: sidOf(own) }, 'not_found', theirs.accessToken);
    await expectRefused('auth.endSession', { id: randomUUID() }, 'not_found', theirs.accessToken);
    expect((await sessionsOf(theirs)).items.map(({ id }) => id)).toEqual([sidOf(theirs)]);
    for (const action of ['auth.sessionsOfUser', 'auth.endSessionsOfUser']) {
      await expectRefused(action, { id: stranger.user.id }, 'forbidden', own.accessToken);
    }
  });

  it('that is over can not be ended again', async () => {
    const { sessions } = await userWith(2);
    const [current, ended] = sessions as [Tokens, Tokens];
    await node.call('auth.endSession', { id: sidOf(ended) }, { token: current.accessToken });
    await expectRefused('auth.endSession', { id: sidOf(ended) }, 'not_found', current.accessToken);
  });
});

describe('an admin', () => {
  it('AUTH-8: sees the sessions of an account and ends one or all of them', async () => {
    const { user, sessions } = await userWith(3);
    const ids = sessions.map(sidOf);
    const listed = () => node.call<Sessions>('auth.sessionsOfUser', { id: user.id }, { token });
    expect((await listed()).items.map(({ id, current }) => [id, current])).toEqual(
      ids.toReversed().map((id) => [id, false]),
    );
    await node.call('auth.endSessionOfUser', { id: user.id, sessionId: ids[1] }, { token });
    expect((await listed()).items.map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    await node.call('auth.endSessionsOfUser', { id: user.id }, { token });
    expect((await listed()).items).toEqual([]);
    for (const { accessToken } of sessions) {
      expect(await node.refusal('auth.me', {}, { token: accessToken })).toBe('token_stale');
    }
  });

  it('finds no sessions of an unknown account, and none of one account in another', async () => {
    const [one, two] = [await userWith(1), await userWith(1)];
    const [session] = one.sessions as [Tokens];
    const params = { id: two.user.id, sessionId: sidOf(session) };
    await expectRefused('auth.endSessionOfUser', params, 'not_found', token);
    for (const action of ['auth.sessionsOfUser', 'auth.endSessionsOfUser']) {
      await expectRefused(action, { id: randomUUID() }, 'not_found', token);
    }
  });
});
