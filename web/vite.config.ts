/** How the pages are built. `scripts/install.mjs` runs the build, `npm run web` the server. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { processConfig } from '../config.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `npm run web` sends all requests of the API to the system that runs at PORT. */
const target = `http://127.0.0.1:${processConfig().port}`;

export default defineConfig({
  root: here('.'),
  // Nothing is served unless it is imported.
  publicDir: false,
  resolve: { alias: { '#client': here('../clients/typescript/src/index.ts') } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    host: '127.0.0.1',
    // The system takes requests of its own pages only, so it gets its own address as the origin.
    proxy: { '/api/v1': { target, changeOrigin: true, headers: { origin: target } } },
  },
  build: {
    target: 'es2022',
    emptyOutDir: true,
    // The policy of the pages allows no `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
