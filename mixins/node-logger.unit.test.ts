import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { NodeLogger } from './node-logger.ts';

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
    const broker = new ServiceBroker({ logger: new NodeLogger('info') });
    for (let n = 0; n < 100; n++) {
      broker.logger.warn("Request 'parrots.list' is timed out.", { requestID: randomUUID(), timeout: 5_000 });
    }
    expect(lines).toEqual([
      expect.stringMatching(/ WARN .*BROKER: Request 'parrots\.list' is timed out\. \{ requestID: /),
    ]);
  });

  it('F18: logs a malformed packet once, without stack and packet, however often it arrives', () => {
    const lines = consoleLines();
    const { transit } = new ServiceBroker({ logger: new NodeLogger('info'), transporter: 'Fake' });
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
    const broker = new ServiceBroker({ logger: new NodeLogger('info') });
    for (let n = 0; n < 3; n++) {
      broker.getLogger('parrots').warn('the same');
      broker.logger.error('the same');
    }
    expect(lines).toHaveLength(6);
  });

  it('logs only warnings and errors of the framework at level info', () => {
    const lines = consoleLines();
    const broker = new ServiceBroker({ logger: new NodeLogger('info') });
    broker.logger.info('Moleculer is starting');
    broker.getLogger('parrots').info('a service');
    expect(lines).toEqual([expect.stringMatching(/ INFO .*PARROTS: a service$/)]);
  });
});
