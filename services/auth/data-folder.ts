/** Names of auth's files in the data folder. */

/** The secret that seals the signing keys of an embedded system. */
export const KEY_SECRET_FILE = 'key-secret';
/** Exists when an admin was made before. */
export const ADMIN_MADE_FILE = 'admin-made';
