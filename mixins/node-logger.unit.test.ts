import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { logAlone, logEvents, logRequest } from './log-scope.ts';
import { nodeLogger } from './node-logger.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** The lines that the console was given. */
function consoleLines(): string[] {
  const lines: string[] = [];
  for (const method of ['log', 'warn', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...parts) => void lines.push(parts.join(' ')));
  }
  return lines;
}

describe('a node', () => {
  it('G26: logs a warning of the framework once, for any number of calls', () => {
    const lines = consoleLines();
    const broker = new ServiceBroker({ logger: nodeLogger({ logLevel: 'info', logFormat: 'text' }) });
    for (let n = 0; n < 100; n++) {
      broker.logger.warn("Request 'parrots.list' is timed out.", { requestID: randomUUID(), timeout: 5_000 });
    }
    expect(lines).toEqual([
      expect.stringMatching(/ WARN .*BROKER: Request 'parrots\.list' is timed out\. \{ requestID: /),
    ]);
  });

  it('F18: logs a malformed packet once, without stack and packet, however often it arrives', () => {
    const lines = consoleLines();
    const { transit } = new ServiceBroker({
      logger: nodeLogger({ logLevel: 'info', logFormat: 'text' }),
      transporter: 'Fake',
    });
    const { messageHandler } = transit as unknown as {
      messageHandler(command: string, packet: object): Promise<boolean>;
    };
    for (let n = 0; n < 100; n++) {
      const payload = { ver: '4', sender: `a-${n}`, services: [null], secret: 'x'.repeat(10_000) };
      void messageHandler.call(transit, 'INFO', {
        payload: n % 2 === 0 ? payload : { ...payload, ver: '5' },
      });
    }
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(4);
    for (const line of lines) expect(line).toMatch(/^.{1,400}$/);
  });

  it('logs every line of a service, and errors of the framework', () => {
    const lines = consoleLines();
    const broker = new ServiceBroker({ logger: nodeLogger({ logLevel: 'info', logFormat: 'text' }) });
    for (let n = 0; n < 3; n++) {
      broker.getLogger('parrots').warn('the same');
      broker.logger.error('the same');
    }
    expect(lines).toHaveLength(6);
  });

  it('logs only warnings and errors of the framework at level info', () => {
    const lines = consoleLines();
    const broker = new ServiceBroker({ logger: nodeLogger({ logLevel: 'info', logFormat: 'text' }) });
    broker.logger.info('Moleculer is starting');
    broker.getLogger('parrots').info('a service');
    expect(lines).toEqual([expect.stringMatching(/ INFO .*PARROTS: a service$/)]);
  });
});

/** The lines of a JSON logger, as objects. */
function jsonLines(run: (broker: ServiceBroker) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  const logger = nodeLogger(
    { logLevel: 'info', logFormat: 'json' },
    { write: (line) => void lines.push(line) },
  );
  run(new ServiceBroker({ nodeID: 'node-1', logger }));
  return lines.map((line) => JSON.parse(line));
}

describe('a node with LOG_FORMAT=json', () => {
  it('writes an object for each line', () => {
    const [line, ...others] = jsonLines((broker) =>
      broker.getLogger('parrots').warn('one', 'line', { feathers: 3 }),
    );
    expect(line).toMatchObject({
      level: 'warn',
      mod: 'parrots',
      nodeID: 'node-1',
      msg: 'one line',
      feathers: 3,
    });
    expect(Date.parse(String(line?.time))).toBeGreaterThan(0);
    expect(others).toEqual([]);
  });

  it('writes no other field of an error than its name, message and stack', () => {
    const error = Object.assign(new TypeError('wrong'), { parameters: ['secret'] });
    const [line] = jsonLines((broker) => broker.getLogger('parrots').error('failed:', error));
    expect(line).toMatchObject({
      msg: 'failed: wrong',
      err: { type: 'TypeError', message: 'wrong', stack: error.stack },
    });
    expect(JSON.stringify(line)).not.toContain('secret');
  });

  it('G26: logs a warning of the framework once, for any number of calls', () => {
    const lines = jsonLines((broker) => {
      for (let n = 0; n < 100; n++)
        broker.logger.warn("Request 'parrots.list' is timed out.", { requestID: n });
    });
    expect(lines).toHaveLength(1);
  });
});

describe('a line', () => {
  it('has the id of the request that caused it', async () => {
    const lines = consoleLines();
    const broker = new ServiceBroker({ logger: nodeLogger({ logLevel: 'info', logFormat: 'text' }) });
    await logRequest('request-1', async () => {
      await Promise.resolve();
      broker.getLogger('parrots').info('fed');
      logRequest('request-2', () => broker.getLogger('parrots').info('fed by request-1'));
      logAlone(() => broker.getLogger('parrots').info('hungry'));
    });
    expect(lines).toEqual([
      expect.stringMatching(/fed \[requestId request-1\]$/),
      expect.stringMatching(/fed by request-1$/),
      expect.stringMatching(/hungry$/),
    ]);
  });

  it('has the ids of the events that caused it', () => {
    const lines = jsonLines((broker) => {
      const log = () => broker.getLogger('parrots').info('fed');
      const events = [1, 2, 3].map((n) => ({ id: `event-${n}`, correlationId: `job-${Math.ceil(n / 2)}` }));
      logEvents(() => events.slice(0, 1), log);
      logEvents(() => events, log);
    });
    expect(lines).toEqual([
      expect.objectContaining({ eventId: 'event-1', correlationId: 'job-1' }),
      expect.objectContaining({ events: 3, correlationIds: ['job-1', 'job-2'] }),
    ]);
  });
});
