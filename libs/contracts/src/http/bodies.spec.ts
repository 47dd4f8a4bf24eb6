import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { CreateComment, UpdateComment } from './comments.js';
import { Id, PageQuery, Timestamp } from './common.js';
import { GiveVerdict, ListCases } from './moderation.js';
import { CreatePost, UpdatePost } from './posts.js';
import { problems, problemType } from './problem.js';

const accepts = (schema: z.ZodType, input: unknown): boolean => schema.safeParse(input).success;

describe('HTTP bodies', () => {
  it('take what people type, without the blanks around it', () => {
    expect(CreatePost.parse({ title: '  Hello ' })).toEqual({ title: 'Hello', body: '' });
    expect(CreateComment.parse({ content: '\n Nice \t' })).toEqual({ content: 'Nice' });
    expect(GiveVerdict.parse({ status: 'approved', reason: ' fine ' })).toEqual({ status: 'approved', reason: 'fine' });
  });

  it.each<[string, z.ZodType, string]>([
    ['a title', CreatePost, 'title'],
    ['a body', CreatePost.extend({ title: CreatePost.shape.title.optional() }), 'body'],
    ['a comment', CreateComment, 'content'],
  ])('want %s that every database can store', (_, schema, key) => {
    expect(accepts(schema, { [key]: 'a line\nand \u{1f600}' })).toBe(true);
    expect(accepts(schema, { [key]: 'a\0b' })).toBe(false);
  });

  it.each<[string, z.ZodType, (text: string) => object, number]>([
    ['a title', CreatePost, (title) => ({ title }), 200],
    ['a changed title', UpdatePost, (title) => ({ title }), 200],
    ['a comment', CreateComment, (content) => ({ content }), 5_000],
    ['a changed comment', UpdateComment, (content) => ({ content }), 5_000],
    ['a reason', GiveVerdict, (reason) => ({ status: 'rejected', reason }), 500],
  ])('want %s that is neither empty nor too long', (_, schema, body, longest) => {
    expect(accepts(schema, body(''))).toBe(false);
    expect(accepts(schema, body('   '))).toBe(false);
    expect(accepts(schema, body('x'.repeat(longest)))).toBe(true);
    expect(accepts(schema, body('x'.repeat(longest + 1)))).toBe(false);
  });

  it('take a post without a body, and one of up to 20,000 characters', () => {
    expect(accepts(CreatePost, { title: 'x', body: 'x'.repeat(20_000) })).toBe(true);
    expect(accepts(CreatePost, { title: 'x', body: 'x'.repeat(20_001) })).toBe(false);
    expect(accepts(CreatePost, { title: 'x', body: null })).toBe(false);
  });

  it.each<[string, z.ZodType, unknown]>([
    ['properties that they do not know', CreatePost, { title: 'x', author: 'me' }],
    ['properties that they do not know', CreateComment, { content: 'x', status: 'approved' }],
    ['properties that they do not know', UpdateComment, { content: 'x', version: 7 }],
    ['a change that changes nothing', UpdatePost, {}],
    ['other types', CreateComment, { content: 7 }],
    ['a list', CreatePost, [{ title: 'x' }]],
    ['nothing', CreatePost, null],
    ['a verdict that leaves it open', GiveVerdict, { status: 'review', reason: 'x' }],
  ])('refuse %s', (_, schema, body) => {
    expect(accepts(schema, body)).toBe(false);
  });
});

describe('query strings', () => {
  it('have a limit of 20 unless they say otherwise', () => {
    expect(PageQuery.parse({})).toEqual({ limit: 20 });
    expect(PageQuery.parse({ limit: '100' })).toEqual({ limit: 100 });
    expect(ListCases.parse({ state: 'review', limit: '1' })).toEqual({ state: 'review', limit: 1 });
  });

  it.each([{ limit: '0' }, { limit: '101' }, { limit: '1.5' }, { limit: 'x' }, { cursor: 'x' }, { sort: 'up' }])(
    'refuse %o',
    (query) => {
      expect(accepts(PageQuery, query)).toBe(false);
    },
  );

  it('know the states of a case', () => {
    expect(accepts(ListCases, { state: 'undecided' })).toBe(false);
  });
});

describe('ids and times', () => {
  it('take UUIDs of version 7 only: lists are ordered by them', () => {
    expect(accepts(Id, '019a2f4e-7c1b-7d3a-9e55-0c2f6a1b8d47')).toBe(true);
    expect(accepts(Id, '3f2b6f0e-7c1b-4d3a-9e55-0c2f6a1b8d47')).toBe(false);
  });

  it('take UTC with milliseconds only: times are compared as text', () => {
    expect(accepts(Timestamp, new Date().toISOString())).toBe(true);
    expect(accepts(Timestamp, '2026-01-02T03:04:05Z')).toBe(false);
    expect(accepts(Timestamp, '2026-01-02T03:04:05.678+01:00')).toBe(false);
  });
});

describe('problems', () => {
  it('are errors, each with a title and a type', () => {
    for (const { status, title } of Object.values(problems)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title).toMatch(/^[A-Z].*\w$/);
    }
    expect(problemType('not-found')).toBe('urn:parley:problem:not-found');
  });
});
