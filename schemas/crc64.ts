/** CRC-64-AVRO, the Rabin fingerprint of the Avro specification; avsc offers only MD5. */

/** The polynomial, which is also the fingerprint of empty input. */
const EMPTY = 0xc15d213aa4d7a795n;

/** The fingerprint of `bytes` as an unsigned 64-bit number. */
export function crc64(bytes: Uint8Array): bigint {
  let fingerprint = EMPTY;
  for (const byte of bytes) {
    fingerprint ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      fingerprint = fingerprint & 1n ? (fingerprint >> 1n) ^ EMPTY : fingerprint >> 1n;
    }
  }
  return fingerprint;
}
