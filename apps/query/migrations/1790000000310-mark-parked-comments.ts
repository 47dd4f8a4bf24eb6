import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Marks comments whose post has not come: counting them must not mean looking at every comment. */
export class MarkParkedComments1790000000310 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE comments ADD COLUMN parked boolean NOT NULL DEFAULT 0');
    await runner.query(`
      UPDATE comments SET parked = 1
      WHERE NOT deleted AND NOT EXISTS (SELECT 1 FROM posts WHERE posts.id = comments.postId)`);
    await runner.query('CREATE INDEX comments_parked ON comments (postId, createdAt) WHERE parked = 1');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX comments_parked');
    await runner.query('ALTER TABLE comments DROP COLUMN parked');
  }
}
