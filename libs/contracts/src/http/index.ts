export * from './comments.js';
export * from './common.js';
export * from './consistency-token.js';
export * from './dead-letters.js';
export * from './moderation.js';
export * from './posts.js';
export * from './problem.js';
export * from './read-model-changes.js';
