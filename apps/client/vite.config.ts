import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * Build and dev server of the web client. The root is this folder, given on the command line: `vite build apps/client`.
 *
 * `source` resolves `#contracts` to TypeScript, as everywhere in the repository. Only its types are used here, so no
 * schema library gets into the bundle.
 */
export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: { outDir: '../../dist/client', emptyOutDir: true },
  server: { port: 5173, strictPort: true, proxy: { '/api': 'http://localhost:3000' } },
});
