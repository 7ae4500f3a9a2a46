/**
 * Node itself loads a setup whose name ends so, and all that it imports. Jest would load TypeScript
 * as CommonJS, where no module can wait (`config.ts` does).
 */
export { default } from './global-setup.ts';
