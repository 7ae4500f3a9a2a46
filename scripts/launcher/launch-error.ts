/**
 * An error that the operator can fix. Only its message is shown: it says what is wrong and what to
 * do.
 */
export class LaunchError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LaunchError';
  }
}
