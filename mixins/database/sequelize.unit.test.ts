import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isDatabaseAway } from './errors.ts';
import { makeSequelize } from './sequelize.ts';

/** A message of PostgreSQL's protocol. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const DYING = message(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'),
);

describe('a server that dies within the packet that reports the connection as ready', () => {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, DYING])));
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('counts as away, and does not end the process', async () => {
    const { port } = server.address() as { port: number };
    const primary = {
      host: '127.0.0.1',
      port,
      database: 'x',
      user: 'x',
      password: undefined,
      ssl: undefined,
    };
    const sequelize = makeSequelize({ service: 'things', primary, read: null, poolSize: 2 });
    for (let attempt = 0; attempt < 3; attempt++) {
      const error = await sequelize.transaction(async () => {}).catch((thrown: unknown) => thrown);
      expect(isDatabaseAway(error)).toBe(true);
    }
    await sequelize.close();
  });
});
