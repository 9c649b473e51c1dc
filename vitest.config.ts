import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vite prefers a package's ES module; Node, and so every dependency, takes graphql's main: there must be one of it.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build.ts',
    // Hundreds of fsyncs and a browser on two cores: a slow machine must not fail a test that only waits.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    isolate: false,
  },
});
