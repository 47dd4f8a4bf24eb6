export { DeadLetters, type DeadLettersOptions, type RedriveOptions } from './dead-letters.js';
export * from './errors.js';
export { onlyOne } from './only-one.js';
