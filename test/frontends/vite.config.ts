import { defineConfig } from 'vite';
import relay from 'vite-plugin-relay';

export default defineConfig({
  // Of no use to the other two, which have no tagged documents.
  plugins: [relay],
  build: { emptyOutDir: true, chunkSizeWarningLimit: 1_000 },
});
