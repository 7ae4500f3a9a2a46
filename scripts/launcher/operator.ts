/** The name of the operator at this machine, for the log. */
import { hostname, userInfo } from 'node:os';
import { operatorName } from '#mixins/identity/operator.ts';

/** `operator:<user>@<host>` */
export function thisOperator(): string {
  return operatorName(userName(), hostname());
}

/**
 * Uses the user's number where the system has no name for it, as in a container that runs as any
 * user.
 */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
