import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../test/harness/wait.ts';
import { accessLevelOf, logAccess } from './access-log.http.ts';
import type { GatewayRequest } from './edge.http.ts';

describe('the level of access lines', () => {
  it.each([
    ['json', 'info', 'info'],
    ['json', 'trace', 'info'],
    ['json', 'warn', null],
    ['text', 'info', null],
    ['text', 'debug', 'debug'],
  ] as const)('with LOG_FORMAT=%s and LOG_LEVEL=%s is %s', (logFormat, logLevel, level) => {
    expect(accessLevelOf({ logFormat, logLevel })).toBe(level);
  });
});

describe('a request', () => {
  const lines: [level: string, text: string, fields: Record<string, unknown>][] = [];
  const note = (level: string) => (text: string, fields: unknown) =>
    void lines.push([level, text, fields as Record<string, unknown>]);
  const logger = { info: note('info'), debug: note('debug') };
  let end = (_: ServerResponse): void => {};
  const server = createServer((req, res) => {
    const request = req as GatewayRequest;
    request.arrival = { requestId: 'request-1', address: '127.0.0.1', userId: 'pip' };
    request.$alias = { path: '/api/v1/tasks/:id' };
    logAccess(request, res, logger, 'info');
    end(res);
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    lines.length = 0;
  });

  async function send(options: RequestInit = {}): Promise<void> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/tasks/7?text=secret`, options);
    await answer.text();
  }

  it('has one line, with its route and without its query', async () => {
    end = (res) => res.writeHead(201).end('made');
    await send({ method: 'POST' });
    await until(() => lines.length > 0, { what: 'the line' });
    expect(lines).toEqual([
      [
        'info',
        'POST /api/v1/tasks/7 201',
        {
          requestId: 'request-1',
          correlationId: 'request-1',
          method: 'POST',
          path: '/api/v1/tasks/7',
          route: '/api/v1/tasks/:id',
          status: 201,
          aborted: false,
          durationMs: expect.any(Number),
          userId: 'pip',
          address: '127.0.0.1',
        },
      ],
    ]);
  });

  it('has a line when its client hangs up before the answer', async () => {
    const leaving = new AbortController();
    end = () => leaving.abort();
    await expect(send({ signal: leaving.signal })).rejects.toThrow();
    await until(() => lines.length > 0, { what: 'the line' });
    expect(lines[0]?.[2]).toMatchObject({ aborted: true });
  });
});
