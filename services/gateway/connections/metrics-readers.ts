/** Who may read the metrics at the gateway (`METRICS`). Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { Config } from '../../../config.ts';
import { proxyFinder } from './address.ts';

/** A request for the metrics. */
export interface MetricsRequest {
  /** The address at the other end of the connection. */
  readonly socketAddress: string | undefined;
  /** The address of the client, which a trusted proxy may have reported. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

/** Proxies add them. Behind a proxy on this machine, everybody would come from this machine. */
const OF_PROXIES = ['x-forwarded-for', 'forwarded', 'via'] as const;

/** Returns a function that says whether a request may read the metrics. */
export function metricsReaders(metrics: Config['metrics']): (request: MetricsRequest) => boolean {
  if (metrics === 'off') return () => false;
  if (metrics === 'loopback') {
    return ({ socketAddress, headers }) =>
      isLoopback(socketAddress) && OF_PROXIES.every((name) => headers[name] === undefined);
  }
  const isWithin = proxyFinder(metrics);
  return ({ address }) => isWithin(address);
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}
