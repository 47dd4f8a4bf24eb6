import { describe, expect, it } from 'vitest';
import { databaseOn, databasesOn, describeDatabase, namesServerOnly } from './database-urls.mjs';

describe('namesServerOnly', () => {
  it.each([
    { url: 'postgres://me:secret@pg:5432', only: true },
    { url: 'postgresql://pg/?sslmode=require', only: true },
    { url: 'postgres://pg/comments', only: false },
    { url: 'mysql://pg', only: false },
    { url: 'sqlite:comments.db', only: false },
  ])('$url: $only', ({ url, only }) => {
    expect(namesServerOnly(url)).toBe(only);
  });
});

describe('databaseOn', () => {
  it("takes the service's name where none is given", () => {
    expect(databaseOn('postgres://me:secret@pg:5432?sslmode=require', 'comments')).toBe(
      'postgres://me:secret@pg:5432/comments?sslmode=require',
    );
    expect(databaseOn('postgres://pg/other', 'comments')).toBe('postgres://pg/other');
  });
});

describe('databasesOn', () => {
  it('has one for each service that shares its data', () => {
    expect(Object.keys(databasesOn('postgres://pg'))).toEqual(['posts', 'comments', 'moderation']);
  });
});

describe('describeDatabase', () => {
  it('shows files by their path, and no passwords', () => {
    expect(describeDatabase('sqlite:/parley/.data/posts.db', '/parley')).toBe('.data/posts.db');
    expect(describeDatabase('postgres://me:secret@pg:5432/posts', '/parley')).toBe('postgres://pg:5432/posts');
  });
});
