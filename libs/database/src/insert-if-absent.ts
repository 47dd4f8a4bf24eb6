import type { EntityManager, QueryDeepPartialEntity } from 'typeorm';

/**
 * Inserts a row unless its key is there already.
 *
 * Instead of looking first: on PostgreSQL two units that look for keys that are not there yet get into each other's way
 * when the keys lie side by side in the index, as UUIDv7 do; two that just insert do not.
 *
 * @param manager a unit's
 * @param entity one without generated columns
 * @returns whether it was inserted
 */
export async function insertIfAbsent<E extends object>(
  manager: EntityManager,
  entity: new () => E,
  row: QueryDeepPartialEntity<E>,
): Promise<boolean> {
  const insert = manager.createQueryBuilder().insert().into(entity).values(row).orIgnore();
  const [sql, parameters] = insert.getQueryAndParameters();
  const inserted = await manager.query<unknown[]>(`${sql} RETURNING 1`, parameters);
  return inserted.length > 0;
}
