import { fileURLToPath } from 'node:url';

/**
 * Where Node keeps what it compiled of this clone (`NODE_COMPILE_CACHE`): the next process starts
 * in half the time.
 */
export const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url));
