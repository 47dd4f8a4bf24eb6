// @ts-check
import { pick, shuffled } from '../rounds/random.mjs';
import { terminations } from './terminations.mjs';

/** @import { Fault, FaultContext, FaultSite, SiteProcess } from './fault.mjs' */

const kinds = /** @type {const} */ (['posts', 'comments', 'query', 'moderation', 'gateway']);
const copied = /** @type {const} */ (['comments', 'query']);

/** How long a process stays dead, in milliseconds. */
const downMs = 1500;
const killSeconds = 4;
const frozenMs = 30_000;

/** Processes that are killed, asked to end, and frozen. @type {Fault[]} */
export const processFaults = [
  ...kinds.map(killAll),
  ...copied.map(killCopy),
  killSeveral(),
  ...terminations,
  ...kinds.map(freeze),
];

/** @param {SiteProcess['name']} name @returns {Fault} */
function killAll(name) {
  return {
    name: `kill-${name}`,
    what: `SIGKILL of ${name}, of all its copies at once`,
    seconds: killSeconds,
    touches: [name],
    inject: (site, context) => killAndStart(all(site, name), context),
  };
}

/** @param {SiteProcess['name']} name @returns {Fault} */
function killCopy(name) {
  return {
    name: `kill-${name}-copy`,
    what: `SIGKILL of one of the copies of ${name}`,
    seconds: killSeconds,
    touches: [name],
    inject: (site, context) => killAndStart([pick(context.random, all(site, name))], context),
  };
}

/** @returns {Fault} */
function killSeveral() {
  return {
    name: 'kill-several',
    what: 'SIGKILL of three processes at once, whichever they are',
    seconds: killSeconds,
    touches: [...kinds],
    inject: (site, context) => killAndStart(shuffled(context.random, site.processes).slice(0, 3), context),
  };
}

/** @param {SiteProcess['name']} name @returns {Fault} */
function freeze(name) {
  return {
    name: `freeze-${name}`,
    what: `SIGSTOP of a process of ${name} for 30 s, then SIGCONT`,
    seconds: frozenMs / 1000,
    touches: [name],
    inject: async (site, context) => {
      const { pid, label } = pick(context.random, all(site, name));
      process.kill(pid, 'SIGSTOP');
      try {
        await context.last(frozenMs);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      return `froze ${label}`;
    },
  };
}

/** @param {SiteProcess[]} targets @param {FaultContext} context */
async function killAndStart(targets, { random, last }) {
  await Promise.all(targets.map((each) => each.kill('SIGKILL')));
  await last(random() * downMs);
  await Promise.all(targets.map((each) => each.start()));
  return `killed ${targets.map(({ label }) => label).join(', ')}`;
}

/** @param {FaultSite} site @param {SiteProcess['name']} name */
function all(site, name) {
  return site.processes.filter((each) => each.name === name);
}
