/** Rules for fields of accounting. */

/** A SHA-256 in hex. */
export const sha256 = {
  type: 'string',
  pattern: /^[0-9a-f]{64}$/,
  example: '0123456789abcdef'.repeat(4),
} as const;
