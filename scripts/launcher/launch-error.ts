/**
 * An error that the operator can fix. Only its message is shown: it says what is wrong and what to
 * do.
 */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}
