import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateOutbox1790000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'outbox',
        columns: [
          { name: 'position', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'eventId', type: 'varchar', length: '36' },
          { name: 'type', type: 'varchar', length: '100' },
          { name: 'body', type: 'text' },
          { name: 'owner', type: 'varchar', length: '200' },
          { name: 'createdAt', type: 'varchar', length: '24' },
        ],
        indices: [{ name: 'outbox_owner', columnNames: ['owner'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('outbox');
  }
}
