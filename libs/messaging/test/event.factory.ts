import { v7 as uuidv7 } from 'uuid';
import type { Comment, CommentModerated, Post } from '#contracts';

export const aPost = (overrides: Partial<Post> = {}): Post => ({
  id: uuidv7(),
  title: 'Hello',
  body: '',
  createdAt: new Date().toISOString(),
  updatedAt: new Date().toISOString(),
  version: 1,
  ...overrides,
});

export const aComment = (overrides: Partial<Comment> = {}): Comment => ({
  id: uuidv7(),
  postId: uuidv7(),
  content: 'Nice',
  status: 'pending',
  createdAt: new Date().toISOString(),
  updatedAt: new Date().toISOString(),
  version: 1,
  ...overrides,
});

export const aVerdict = (overrides: Partial<CommentModerated> = {}): CommentModerated => ({
  commentId: uuidv7(),
  postId: uuidv7(),
  commentVersion: 1,
  status: 'approved',
  reasons: [],
  moderatedAt: new Date().toISOString(),
  version: 1,
  ...overrides,
});

/** So many of a kind. */
export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
