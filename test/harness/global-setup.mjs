/**
 * Node itself loads a setup with this file extension, and all of its imports. Jest would load
 * TypeScript as CommonJS, which has no top-level await (`config.ts` uses it).
 */
export { default } from './global-setup.ts';
