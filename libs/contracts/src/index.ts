export * from './announcement.js';
export * from './events/index.js';
export * from './http/index.js';
export * from './services.js';
