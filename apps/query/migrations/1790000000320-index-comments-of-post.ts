import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One index for everything that is asked of a post's comments. SQLite takes a partial one (`WHERE NOT deleted`) only for
 * statements with these very words, and looks at every comment for others, such as `deleted = ?`.
 */
export class IndexCommentsOfPost1790000000320 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX comments_of_post ON comments (postId, deleted, id)');
    await runner.query('DROP INDEX comments_shown');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX comments_shown ON comments (postId, id) WHERE NOT deleted');
    await runner.query('DROP INDEX comments_of_post');
  }
}
