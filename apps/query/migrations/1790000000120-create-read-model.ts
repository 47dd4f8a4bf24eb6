import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The read model is always SQLite, embedded in the process that serves it, so this may be SQLite's own SQL. */
export class CreateReadModel1790000000120 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE posts (
        id varchar(36) PRIMARY KEY NOT NULL,
        title varchar(200) NOT NULL,
        body text NOT NULL,
        createdAt varchar(24) NOT NULL,
        updatedAt varchar(24) NOT NULL,
        version integer NOT NULL,
        deleted boolean NOT NULL
      )`);
    await runner.query('CREATE INDEX posts_shown ON posts (id) WHERE NOT deleted');
    await runner.query(`
      CREATE TABLE comments (
        id varchar(36) PRIMARY KEY NOT NULL,
        postId varchar(36) NOT NULL,
        content text NOT NULL,
        status varchar(20) NOT NULL,
        createdAt varchar(24) NOT NULL,
        updatedAt varchar(24) NOT NULL,
        version integer NOT NULL,
        deleted boolean NOT NULL
      )`);
    await runner.query('CREATE INDEX comments_shown ON comments (postId, id) WHERE NOT deleted');
    await runner.query(`
      CREATE TABLE changes (
        "offset" integer PRIMARY KEY NOT NULL,
        type varchar(40) NOT NULL,
        data text NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE changes');
    await runner.query('DROP TABLE comments');
    await runner.query('DROP TABLE posts');
  }
}
