export { previousOf, removeScratchAtSignals } from './scratch.js';
export * from './comparison.js';
export * from './rebuild.js';
export * from './rebuild-error.js';
export type { ReplayProgress } from './second-read-model.js';
export * from './snapshot.js';
