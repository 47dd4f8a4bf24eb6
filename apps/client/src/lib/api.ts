import type {
  Comment,
  CommentView,
  CreateComment,
  CreatePost,
  Post,
  PostView,
  UpdateComment,
  UpdatePost,
} from '#contracts';
import { request, requestJson } from './http';
import { nextCursor } from './link-header';

/** One page of a list, and where the next one begins; null on the last page. */
export interface Page<T> {
  items: T[];
  cursor: string | null;
}

export interface PageRequest {
  limit: number;
  cursor?: string | null;
  signal?: AbortSignal | undefined;
}

async function list<T>(path: string, { limit, cursor, signal }: PageRequest): Promise<Page<T>> {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor ? { cursor } : {}) });
  const response = await request(`${path}?${query}`, { signal });
  return { items: (await response.json()) as T[], cursor: nextCursor(response.headers.get('link')) };
}

const postPath = (postId: string): string => `/api/posts/${encodeURIComponent(postId)}`;
const commentPath = (postId: string, id: string): string => `${postPath(postId)}/comments/${encodeURIComponent(id)}`;

/** Parley's HTTP API as the client uses it. */
export const api = {
  listPosts: (page: PageRequest) => list<PostView>('/api/posts', page),
  listComments: (postId: string, page: PageRequest) => list<CommentView>(`${postPath(postId)}/comments`, page),

  createPost: (body: CreatePost) => requestJson<Post>('/api/posts', { method: 'POST', body }),
  updatePost: (postId: string, body: UpdatePost) => requestJson<Post>(postPath(postId), { method: 'PATCH', body }),
  deletePost: async (postId: string): Promise<void> => {
    await request(postPath(postId), { method: 'DELETE' });
  },

  createComment: (postId: string, body: CreateComment) =>
    requestJson<Comment>(`${postPath(postId)}/comments`, { method: 'POST', body }),
  updateComment: (postId: string, id: string, body: UpdateComment) =>
    requestJson<Comment>(commentPath(postId, id), { method: 'PATCH', body }),
  deleteComment: async (postId: string, id: string): Promise<void> => {
    await request(commentPath(postId, id), { method: 'DELETE' });
  },
};

/** The part of the API that reads lists. */
export type ListApi = Pick<typeof api, 'listPosts' | 'listComments'>;
