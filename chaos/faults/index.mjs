// @ts-check
import { processFaults } from './processes.mjs';

/** @import { Fault } from './fault.mjs' */

/** All faults that can be injected. @type {Fault[]} */
export const faults = [...processFaults];
