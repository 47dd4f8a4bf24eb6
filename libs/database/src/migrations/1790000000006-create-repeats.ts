import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateRepeats1790000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'repeats',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'type', type: 'varchar', length: '100' },
          { name: 'data', type: 'text' },
          { name: 'times', type: 'integer' },
          { name: 'repeatAt', type: 'varchar', length: '24' },
        ],
        indices: [{ name: 'repeats_due', columnNames: ['repeatAt'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('repeats');
  }
}
