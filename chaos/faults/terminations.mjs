// @ts-check
/** @import { Fault } from './fault.mjs' */
/** @type {Fault[]} */
export const terminations = [];
