import { describe, expect, it } from '@jest/globals';
import { ConnectionError, DatabaseError } from 'sequelize';
import { routeBetween, type Server } from './read-route.ts';

/** Two servers, and the reads that they got. */
function setting(good: Record<Server, boolean>, comesBack?: Server) {
  const asked: Server[] = [];
  const listeners: Record<Server, Set<() => void>> = { primary: new Set(), replica: new Set() };
  const checked: Server[] = [];
  const route = routeBetween({
    isGood: (server) => good[server],
    async check(server) {
      checked.push(server);
      good[server] ||= comesBack === server;
      return good[server];
    },
    onSilence(server, action) {
      listeners[server].add(action);
      return () => listeners[server].delete(action);
    },
  });
  const work = (answers: Record<Server, () => Promise<string>>) => (server: Server) => {
    asked.push(server);
    return answers[server]();
  };
  return {
    asked,
    checked,
    listening: () => listeners.primary.size + listeners.replica.size,
    fallSilent(server: Server) {
      good[server] = false;
      for (const listener of listeners[server]) listener();
    },
    read: (wanted: Server, answers: Record<Server, () => Promise<string>>) =>
      route.run(wanted, work(answers)),
  };
}

const answer = (text: string) => () => Promise.resolve(text);
const refuse = (error: Error) => () => Promise.reject(error);
const never = () => new Promise<string>(() => {});
const away = new ConnectionError(new Error('refused'));
const withState = (code: string) =>
  new DatabaseError(Object.assign(new Error(code), { code, sql: '' }) as unknown as Error & { sql: string });
const both = { primary: answer('from the primary'), replica: answer('from the replica') };

describe('a read', () => {
  it('goes to its preferred server only', async () => {
    const two = setting({ primary: true, replica: true });
    expect(await two.read('replica', both)).toBe('from the replica');
    expect(await two.read('primary', both)).toBe('from the primary');
    expect(two.asked).toEqual(['replica', 'primary']);
    expect(two.listening()).toBe(0);
  });

  it('goes to the other server at once if the preferred one is known to be unusable', async () => {
    const two = setting({ primary: true, replica: false });
    expect(await two.read('replica', both)).toBe('from the primary');
    expect(two.asked).toEqual(['primary']);
  });

  it('goes to the replica instead of the primary only if the primary is away at this moment', async () => {
    const back = setting({ primary: false, replica: true }, 'primary');
    expect(await back.read('primary', both)).toBe('from the primary');
    const away = setting({ primary: false, replica: true });
    expect(await away.read('primary', both)).toBe('from the replica');
    expect(away.asked).toEqual(['replica']);
  });

  it('goes to its preferred server if neither is known to be usable', async () => {
    const two = setting({ primary: false, replica: false });
    expect(await two.read('replica', both)).toBe('from the replica');
    expect(await two.read('primary', both)).toBe('from the primary');
  });

  it.each([
    ['is away', away],
    ['lacks the database', withState('3D000')],
    ['cancels it, as it stands in the way of what is replayed', withState('40001')],
  ])('is repeated on the other server if the first one %s', async (_, error) => {
    const two = setting({ primary: true, replica: true });
    expect(await two.read('replica', { ...both, replica: refuse(error) })).toBe('from the primary');
    expect(two.checked).toEqual(['replica']);
    expect(two.listening()).toBe(0);
  });

  it('fails with the first error if the other server is known to be away, and with the second error if that server fails too', async () => {
    const one = setting({ primary: false, replica: true });
    await expect(one.read('replica', { ...both, replica: refuse(away) })).rejects.toBe(away);
    expect(one.asked).toEqual(['replica']);
    const two = setting({ primary: true, replica: true });
    const last = withState('57P01');
    await expect(two.read('replica', { primary: refuse(last), replica: refuse(away) })).rejects.toBe(last);
  });

  it('is repeated on the other server when that one is back', async () => {
    const two = setting({ primary: false, replica: true }, 'primary');
    expect(await two.read('replica', { ...both, replica: refuse(away) })).toBe('from the primary');
  });

  it.each([
    ['data are at fault', withState('22P02')],
    ['took all its time', withState('57014')],
    ['is a mistake in the program', new TypeError('$1 is undefined')],
  ])('is not repeated if it %s', async (_, error) => {
    const two = setting({ primary: true, replica: true });
    await expect(two.read('replica', { ...both, replica: refuse(error) })).rejects.toBe(error);
    expect(two.asked).toEqual(['replica']);
  });

  it('leaves a server that stops answering meanwhile', async () => {
    const two = setting({ primary: true, replica: true });
    const reading = two.read('replica', { ...both, replica: never });
    two.fallSilent('replica');
    expect(await reading).toBe('from the primary');
  });

  it('waits for a silent server if there is no other', async () => {
    const two = setting({ primary: false, replica: true });
    const late = Promise.withResolvers<string>();
    const reading = two.read('replica', { ...both, replica: () => late.promise });
    two.fallSilent('replica');
    late.resolve('late');
    expect(await reading).toBe('late');
  });
});
