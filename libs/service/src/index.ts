export * from './app.js';
export * from './env.js';
export * from './health/readiness.js';
export * from './http/pages.js';
export * from './http/problem.exception.js';
export * from './http/problem.filter.js';
export * from './http/public-path.js';
export * from './run.js';
