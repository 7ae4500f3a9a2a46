/** One line in the log for each request, when its answer has left or its client has gone. */
import type { ServerResponse } from 'node:http';
import type { Log } from '#mixins/log.ts';
import type { Config } from '../../../config.ts';
import type { GatewayRequest } from './edge.http.ts';

/** Levels at which lines of the level `debug` are written. */
const VERBOSE: readonly string[] = ['debug', 'trace'];
const FOR_OPERATORS: readonly string[] = ['info', ...VERBOSE];

type AccessLevel = 'info' | 'debug';
type Logger = Pick<Log, 'info'> & { debug(text: string, ...more: unknown[]): void };

/**
 * The level of access lines; null where none are written. Machines read them at `info`. People want
 * them only when they look for something.
 */
export function accessLevelOf({
  logFormat,
  logLevel,
}: Pick<Config, 'logFormat' | 'logLevel'>): AccessLevel | null {
  if (logFormat === 'json') return FOR_OPERATORS.includes(logLevel) ? 'info' : null;
  return VERBOSE.includes(logLevel) ? 'debug' : null;
}

/** Never logs the query: it may hold names. */
export function logAccess(
  req: GatewayRequest,
  res: ServerResponse,
  logger: Logger,
  level: AccessLevel,
): void {
  const begun = performance.now();
  const { method = '', url = '' } = req;
  const [path = ''] = url.split('?', 1);
  res.once('close', () => {
    const { requestId, address, userId = null } = req.arrival;
    const { statusCode: status } = res;
    logger[level](`${method} ${path} ${status}`, {
      requestId,
      correlationId: requestId,
      method,
      path,
      // The path with the names of its params, so that lines can be grouped.
      route: req.$alias?.path ?? null,
      status,
      // A client that hung up got no answer, whatever its status was to be.
      aborted: !res.writableFinished,
      durationMs: Math.round(performance.now() - begun),
      userId,
      address,
    });
  });
}
