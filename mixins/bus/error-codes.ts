/** Codes of NATS and JetStream for refusals, which the client library does not name. */
import { ErrorCode, NatsError } from 'nats';

/** JetStream's numbers (`err_code`), as the server's own list `errors.json` has them. */
export const CONSUMER_NOT_FOUND = 10014;
export const NO_MESSAGE_FOUND = 10037;
export const MESSAGE_TOO_LARGE = 10054;
export const STREAM_NAME_IN_USE = 10058;
export const STREAM_NOT_FOUND = 10059;
export const SUBJECTS_OVERLAP = 10065;
/** The compare-and-set failed: another writer was first, or the key already exists. */
export const WRONG_LAST_SEQUENCE = 10071;
/** More than one replica, on a server outside a cluster. */
export const REPLICAS_NOT_SUPPORTED = 10074;
export const HEADERS_TOO_LARGE = 10097;

/** Codes of the client library for a broker that is away or does not answer. */
export const BROKER_AWAY: ReadonlySet<string> = new Set([
  ErrorCode.ConnectionClosed,
  ErrorCode.ConnectionDraining,
  ErrorCode.Disconnect,
  ErrorCode.Timeout,
  ErrorCode.NoResponders,
]);

/** JetStream's own number of an error, such as 10059 for a missing stream. */
export function jetStreamCode(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}
