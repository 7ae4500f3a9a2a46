import { describe, expect, it } from '@jest/globals';
import { parseAddress } from '#mixins/database/address.ts';
import { movedTo } from './service-databases.ts';

const URL_OF_TOYS = 'postgresql://toys:a%2Fb@127.0.0.1:5001/toys';
const SERVER = 'postgresql://postgres:secret@127.0.0.1:5002/postgres';

describe('the variables of services after a restart of the server', () => {
  it('have its port, and of the server nothing else', () => {
    const given = { TOYS_DATABASE_URL: URL_OF_TOYS, KEY_SECRET: URL_OF_TOYS, DATABASE_URL: undefined };
    expect(movedTo(SERVER, null, given)).toEqual({
      ...given,
      TOYS_DATABASE_URL: 'postgresql://toys:a%2Fb@127.0.0.1:5002/toys',
    });
  });

  it('name the folder of its Unix socket, to which services connect', () => {
    const { TOYS_DATABASE_URL = '' } = movedTo(SERVER, '/a folder/postgres', {
      TOYS_DATABASE_URL: URL_OF_TOYS,
    });
    const socket = { host: '/a folder/postgres', port: 5002, user: 'toys', password: 'a/b' };
    expect(parseAddress(TOYS_DATABASE_URL)).toMatchObject(socket);
    const again = movedTo(SERVER, '/other', { TOYS_DATABASE_URL });
    expect(parseAddress(again.TOYS_DATABASE_URL ?? '')).toMatchObject({ ...socket, host: '/other' });
  });
});
