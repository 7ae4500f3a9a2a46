/**
 * Preloaded by npm's scripts (`node --import`): what a script imports is compiled before the script
 * itself begins. Plain JavaScript, because stripping types takes Node longer than a script whose
 * sources are in the cache.
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// As in launcher/compile-cache.ts. Where it can't be written nothing is kept.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)));
