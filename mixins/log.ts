/** Where code logs. The loggers of Moleculer are such; tests pass their own. */
export interface Log {
  info(text: string, ...more: unknown[]): void;
  warn(text: string, ...more: unknown[]): void;
  error(text: string, ...more: unknown[]): void;
}

/** Logs nothing. */
export const SILENT: Log = { info() {}, warn() {}, error() {} };
