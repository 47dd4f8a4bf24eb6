import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';

/** The event's id, a UUIDv7, orders the outbox by itself, and unlike a counter of 32 bits it does not run out. */
export class OrderOutboxByEvent1790000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await rebuild(runner, [{ name: 'eventId', type: 'varchar', length: '36', isPrimary: true }]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await rebuild(runner, [
      { name: 'position', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      { name: 'eventId', type: 'varchar', length: '36' },
    ]);
  }
}

/** Neither database can change a primary key in place: the rows move to a new table. */
async function rebuild(runner: QueryRunner, key: TableColumnOptions[]): Promise<void> {
  await runner.query('ALTER TABLE outbox RENAME TO outbox_before');
  await runner.query('DROP INDEX outbox_owner');
  await runner.createTable(
    new Table({
      name: 'outbox',
      columns: [
        ...key,
        { name: 'type', type: 'varchar', length: '100' },
        { name: 'body', type: 'text' },
        { name: 'owner', type: 'varchar', length: '200' },
        { name: 'createdAt', type: 'varchar', length: '24' },
      ],
      indices: [{ name: 'outbox_owner', columnNames: ['owner'] }],
    }),
  );
  const columns = '"eventId", "type", "body", "owner", "createdAt"';
  await runner.query(`INSERT INTO outbox (${columns}) SELECT ${columns} FROM outbox_before ORDER BY "eventId"`);
  await runner.query('DROP TABLE outbox_before');
}
