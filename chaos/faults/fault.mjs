// @ts-check
// What the chaos program and its faults agree on.

/** @import { ServiceName } from '#contracts' */
/** @import { Broker } from '../../scripts/lib/broker-handle.mjs' */

/**
 * A fault that can be injected into a running system.
 *
 * @typedef {object} Fault
 * @property {string} name in kebab case, as `--fault` takes it: `kill-comments`, `broker-killed`
 * @property {string} what one line for `--list`
 * @property {number} seconds about how long it takes to inject it and to take it back
 * @property {string[]} [touches] what it disturbs: names of services, `gateway`, `broker`. Faults that touch the same are not
 *   injected at the same time; those that do not say are injected when there are no others
 * @property {string[]} [needs] what must not be disturbed meanwhile
 * @property {string[]} [touchesOneOf] instead of `touches`: it disturbs one of these, and is told which
 * @property {(site: FaultSite) => string | undefined} [impossible] why it cannot be injected on this machine or this site
 * @property {(site: FaultSite, context: FaultContext) => Promise<string>} inject does it, waits while it lasts, takes it
 *   back; resolves with what was done, in a few words, once the system has all it needs to heal (not once it has healed)
 */

/**
 * @typedef {object} FaultContext
 * @property {string} [target] which of `touchesOneOf` it is to disturb
 * @property {() => number} random from 0 to below 1, made from the run's seed: the only source of chance
 * @property {(ms: number) => Promise<void>} last waits as long as a fault lasts; shortened in short runs
 * @property {AbortSignal} signal the run was interrupted: take the fault back and throw
 */

/**
 * What a fault may touch.
 *
 * @typedef {object} FaultSite
 * @property {string} url the gateway
 * @property {Broker} broker the one RabbitMQ node, or the first of three
 * @property {Broker[]} nodes all nodes: one, or three that are a cluster
 * @property {SiteProcess[]} processes of every service, copies included, and the gateway
 * @property {(label: string) => SiteProcess} process throws when there is none of that label
 * @property {Poison[]} poison all that was injected that must end in the dead letters; a fault that injects adds to it
 * @property {Record<string, string>} queuesDeletedAt by service: when it had its queue again, after the last time that it was deleted
 * @property {string[]} injectedEventIds ids of events that a fault injected a second time or out of order: harmless ones
 */

/**
 * One process of the system.
 *
 * @typedef {object} SiteProcess
 * @property {string} label `comments`, `comments:4006`
 * @property {ServiceName | 'gateway'} name
 * @property {number} pid of the Node process itself
 * @property {string} url its own HTTP address
 * @property {string} dataDir the folder that holds only the database of this process (shared by the copies that share it)
 * @property {Link} link what stands between this process and RabbitMQ
 * @property {(signal: NodeJS.Signals) => Promise<void>} kill sends the signal; resolves once the process is gone
 * @property {(env?: Record<string, string>) => Promise<void>} start starts it again, with these variables besides its own; resolves
 *   once it is ready
 */

/**
 * A TCP proxy between one process and each RabbitMQ node.
 *
 * @typedef {object} Link
 * @property {() => void} cut bytes are swallowed in both directions, nobody is told (no FIN, no RST)
 * @property {(bytesPerSecond: number) => void} slow
 * @property {() => void} restore ends `cut` and `slow`; connections that were cut are reset, as a host that is back would
 */

/**
 * A message that no service can handle.
 *
 * @typedef {object} Poison
 * @property {string} queue the dead-letter queue in which it must end
 * @property {string} messageId
 */

// oxlint-disable-next-line unicorn/require-module-specifiers -- a module of types alone
export {};
