/** A whole HTTP answer, for routes of a protocol (`protocol` of a contract). */
export interface HttpMessage {
  readonly status: number;
  /** They replace those that every answer has. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The request headers that actions of such routes get. */
export const PROTOCOL_HEADERS = ['authorization', 'cookie', 'accept-language', 'sec-fetch-site'] as const;
export type ProtocolHeaders = Readonly<Partial<Record<(typeof PROTOCOL_HEADERS)[number], string>>>;
