import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateComments1790000000110 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'comments',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'postId', type: 'varchar', length: '36' },
          { name: 'content', type: 'text' },
          { name: 'status', type: 'varchar', length: '20' },
          { name: 'createdAt', type: 'varchar', length: '24' },
          { name: 'updatedAt', type: 'varchar', length: '24' },
          { name: 'version', type: 'integer' },
          { name: 'contentVersion', type: 'integer' },
          { name: 'verdictVersion', type: 'integer' },
        ],
        indices: [{ name: 'comments_post', columnNames: ['postId', 'id'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'known_posts',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'deleted', type: 'boolean' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('known_posts');
    await runner.dropTable('comments');
  }
}
