import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateLogPosition1790000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'log_position',
        columns: [
          { name: 'log', type: 'varchar', length: '100', isPrimary: true },
          { name: 'offset', type: 'integer' },
          { name: 'eventId', type: 'varchar', length: '200' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('log_position');
  }
}
