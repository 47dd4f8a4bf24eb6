// @ts-check
import { checkAccepted } from './accepted.mjs';
import { checkEventLog } from './event-log.mjs';
import { checkJudged } from './judged.mjs';
import { checkQueues } from './queues.mjs';
import { checkReadModels } from './read-models.mjs';
import { checkShown } from './shown.mjs';

/** @import { Poison } from '../../faults/fault.mjs' */
/** @import { Shown } from '../api.mjs' */
/** @import { Stored } from '../databases.mjs' */
/** @import { Ledger } from '../ledger.mjs' */
/** @import { Logged } from '../logged.mjs' */
/** @import { Queued } from '../queues.mjs' */
/** @import { Violation } from './violation.mjs' */

/**
 * What is seen of a system from outside.
 * @typedef {object} Observed
 * @property {Stored} stored
 * @property {Shown} shown
 * @property {Logged} logged
 * @property {Queued} queued
 */

/**
 * Holds what is there against what was promised.
 * @param {Ledger} ledger
 * @param {Observed} observed nobody writing, and nothing on its way
 * @param {{ poison: Poison[], injectedEventIds: string[], queuesDeletedAt: Record<string, string> }} injected
 * @returns {Violation[]}
 */
export function checkAll(ledger, { stored, shown, logged, queued }, { poison, injectedEventIds, queuesDeletedAt }) {
  return [
    ...checkAccepted(ledger, stored),
    ...checkJudged(stored, queuesDeletedAt.comments),
    ...checkReadModels(stored),
    ...checkShown(stored, shown),
    ...checkEventLog(ledger, stored, logged, injectedEventIds),
    ...checkQueues(queued, stored.outboxes, poison),
  ];
}
