import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateInbox1790000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'inbox',
        columns: [
          { name: 'eventId', type: 'varchar', length: '200', isPrimary: true },
          { name: 'handledAt', type: 'varchar', length: '24' },
        ],
        indices: [{ name: 'inbox_handled_at', columnNames: ['handledAt'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('inbox');
  }
}
