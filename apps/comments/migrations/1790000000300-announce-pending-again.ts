import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Both columns have defaults, with which copies of the version before go on inserting: what they insert is due at once. */
export class AnnouncePendingAgain1790000000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE comments ADD COLUMN "announceAgainAt" varchar(24) NOT NULL DEFAULT ''`);
    await runner.query(`ALTER TABLE comments ADD COLUMN "timesAnnounced" integer NOT NULL DEFAULT 1`);
    await runner.query(`CREATE INDEX comments_pending ON comments ("announceAgainAt") WHERE "status" = 'pending'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX comments_pending');
    await runner.query('ALTER TABLE comments DROP COLUMN "timesAnnounced"');
    await runner.query('ALTER TABLE comments DROP COLUMN "announceAgainAt"');
  }
}
