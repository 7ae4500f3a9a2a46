/** How a problem is told to clients. */
export interface ErrorDefinition {
  /** HTTP status. */
  readonly status: number;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** RFC 9457 `title`: the same for every occurrence. */
  readonly title: string;
}

/** By their codes, sorted by status. */
export type ErrorDefinitions = Readonly<Record<string, ErrorDefinition>>;
