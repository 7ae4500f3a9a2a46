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
  it('G26: logs a warning of the framework once, however many calls it is about', () => {
    const lines = consoleLines();
    const broker = new ServiceBroker({ logger: new NodeLogger('info') });
    for (let n = 0; n < 100; n++) {
      broker.logger.warn("Request 'tasks.list' is timed out.", { requestID: randomUUID(), timeout: 5_000 });
    }
    expect(lines).toEqual([
      expect.stringMatching(/ WARN .*BROKER: Request 'tasks\.list' is timed out\. \{ requestID: /),
    ]);
  });

  it('logs every line of a service, and errors of the framework', () => {
    const lines = consoleLines();
    const broker = new ServiceBroker({ logger: new NodeLogger('info') });
    for (let n = 0; n < 3; n++) {
      broker.getLogger('tasks').warn('the same');
      broker.logger.error('the same');
    }
    expect(lines).toHaveLength(6);
  });

  it('logs of the framework no more than warnings at info', () => {
    const lines = consoleLines();
    const broker = new ServiceBroker({ logger: new NodeLogger('info') });
    broker.logger.info('Moleculer is starting');
    broker.getLogger('tasks').info('a service');
    expect(lines).toEqual([expect.stringMatching(/ INFO .*TASKS: a service$/)]);
  });
});
