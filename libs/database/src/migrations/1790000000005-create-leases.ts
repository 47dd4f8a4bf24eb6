import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateLeases1790000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'leases',
        columns: [
          { name: 'name', type: 'varchar', length: '250', isPrimary: true },
          { name: 'holder', type: 'varchar', length: '200' },
          { name: 'expiresAt', type: 'varchar', length: '24' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('leases');
  }
}
