// @ts-check
import { describeDatabase } from './database-urls.mjs';
import { table } from './table.mjs';

/** @import { ChosenBroker } from './broker-choice.mjs' */
/** @import { System } from './system.mjs' */
/** @import { Terminal } from './terminal.mjs' */

/**
 * Says what runs where, once it does.
 * @param {{ terminal: Terminal, system: System, broker: ChosenBroker, management: boolean, root: string, notReady: string[] }} options
 *   `management`: whether the broker's management page answers; `notReady`: the labels of what is not ready
 */
export function printOverview({ terminal, system, broker, management, root, notReady }) {
  const heading = ['what', 'URL', 'pid', 'database'].map((text) => terminal.paint('dim', text));
  const processes = system.processes.map(({ label, url, pid, databaseUrl }) => [
    notReady.includes(label) ? terminal.paint('yellow', `${label} (not ready)`) : label,
    url,
    String(pid ?? '-'),
    databaseUrl ? describeDatabase(databaseUrl, root) : '',
  ]);
  const rabbit = ['RabbitMQ', broker.description, String(broker.own?.pid ?? ''), broker.own ? '' : 'not started here'];
  terminal.line();
  for (const line of table([heading, ...processes, rabbit])) terminal.line(`  ${line}`);
  terminal.line();
  if (management) terminal.line(`  RabbitMQ management  ${managementLine(broker)}`);
  const page = terminal.paint('bold', system.url('gateway'));
  terminal.line(`  ${terminal.paint('bold', 'Parley')}               ${page}`);
  terminal.line();
  terminal.line(`  ${terminal.paint('dim', 'Ctrl-C stops everything.')}`);
  terminal.line();
}

/** @param {ChosenBroker} broker */
function managementLine({ managementUrl, own }) {
  const { origin, username } = new URL(managementUrl);
  return own ? `${origin}  (log in as guest, password guest)` : `${origin}  (log in as ${username})`;
}
