// @ts-check
import { brokerFaults } from './broker.mjs';
import { diskFaults } from './disk.mjs';
import { handlerFaults } from './handlers.mjs';
import { networkFaults } from './network.mjs';
import { poisonFaults } from './poison.mjs';
import { processFaults } from './processes.mjs';
import { queueFaults } from './queues.mjs';

/** @import { Fault } from './fault.mjs' */

/** All faults that can be injected. @type {Fault[]} */
export const faults = [
  ...processFaults,
  ...networkFaults,
  ...brokerFaults,
  ...queueFaults,
  ...poisonFaults,
  ...diskFaults,
  ...handlerFaults,
];
