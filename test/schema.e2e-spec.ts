import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { TestSystem } from '#testing';
import { startWholeSystem } from './whole-system.js';

describe('the tables that the migrations make', () => {
  let system: TestSystem;
  beforeAll(async () => void (system = await startWholeSystem()));
  afterAll(() => system.stop());

  it.each(['posts', 'comments', 'moderation'] as const)(
    'are exactly what the entities of %s describe',
    async (name) => {
      const { upQueries } = await system.app(name).get(DataSource).driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    },
  );
});
