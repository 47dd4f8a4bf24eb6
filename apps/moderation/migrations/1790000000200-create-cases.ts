import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateCases1790000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'cases',
        columns: [
          { name: 'commentId', type: 'varchar', length: '36', isPrimary: true },
          { name: 'postId', type: 'varchar', length: '36' },
          { name: 'content', type: 'text' },
          { name: 'textHash', type: 'varchar', length: '64' },
          { name: 'commentVersion', type: 'integer' },
          { name: 'state', type: 'varchar', length: '10' },
          { name: 'reasons', type: 'text' },
          { name: 'createdAt', type: 'varchar', length: '24' },
          { name: 'updatedAt', type: 'varchar', length: '24' },
          { name: 'version', type: 'integer' },
        ],
        indices: [
          { name: 'cases_post', columnNames: ['postId'] },
          { name: 'cases_text', columnNames: ['textHash', 'updatedAt'] },
          { name: 'cases_state', columnNames: ['state', 'commentId'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'deleted_posts',
        columns: [
          { name: 'postId', type: 'varchar', length: '36', isPrimary: true },
          { name: 'deletedAt', type: 'varchar', length: '24' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('deleted_posts');
    await runner.dropTable('cases');
  }
}
