import { defineConfig } from 'vitest/config';

/** Finds `#contracts` and its like in their sources, so that tests need no build. */
const conditions = ['source', 'module', 'node', 'development|production'];
const ssr = { resolve: { conditions } };
const endToEnd = {
  globalSetup: ['scripts/vitest-global-setup.mjs'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    projects: [
      {
        ssr,
        test: {
          name: 'unit',
          include: [
            'apps/*/src/**/*.spec.ts',
            'libs/*/src/**/*.spec.ts',
            'scripts/**/*.spec.ts',
            'tools/**/*.spec.ts',
            'chaos/**/*.spec.ts',
            'infra/containers/test/*.spec.ts',
            'infra/k8s/test/*.spec.ts',
          ],
        },
      },
      {
        ssr,
        test: {
          ...endToEnd,
          name: 'e2e',
          include: ['{apps,libs}/*/test/**/*.e2e-spec.ts', '{test,chaos/test}/**/*.e2e-spec.ts'],
          exclude: ['test/postgres-faults.e2e-spec.ts'],
        },
      },
      {
        ssr,
        test: {
          ...endToEnd,
          name: 'e2e-postgres',
          env: { TEST_DATABASE: 'postgres' },
          // Not what works the same whatever the services' database is, or runs on both in project e2e.
          include: [
            'apps/{posts,comments,moderation}/test/**/*.e2e-spec.ts',
            'libs/messaging/test/*.{disturbances,hanging,shutdown}.e2e-spec.ts',
            'libs/testing/test/**/*.e2e-spec.ts',
            'test/{faults,healing,postgres-faults,life-of-a-comment,never-twice,schema}.e2e-spec.ts',
          ],
        },
      },
    ],
    // Two test files at once are as much as a small machine and one broker can do without getting in each other's way.
    maxWorkers: 2,
  },
});
