/**
 * Preloaded by npm's scripts (`node --import`), so that a script's imports are compiled with the
 * cache. Plain JavaScript, because stripping types takes longer than loading a cached script.
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The folder of Node's compiled code of this clone (`NODE_COMPILE_CACHE`). With it, the next
 * process starts in half the time.
 */
export const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url));

// If the folder can't be written, nothing is cached.
enableCompileCache(COMPILE_CACHE);
