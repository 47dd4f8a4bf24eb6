import { v7 as uuidv7 } from 'uuid';
import type { Comment, Post } from '#contracts';

/** A post as its event carries it. */
export function aPost(overrides: Partial<Post> = {}): Post {
  const now = new Date().toISOString();
  return { id: uuidv7(), title: 'A title', body: 'A body', createdAt: now, updatedAt: now, version: 1, ...overrides };
}

/** A comment as its event carries it. */
export function aComment(overrides: Partial<Comment> = {}): Comment {
  const now = new Date().toISOString();
  return {
    id: uuidv7(),
    postId: uuidv7(),
    content: 'A comment',
    status: 'pending',
    createdAt: now,
    updatedAt: now,
    version: 1,
    ...overrides,
  };
}
