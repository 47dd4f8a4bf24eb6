// @ts-check
/** @import { Style, Terminal } from './terminal.mjs' */

/** @type {Style[]} */
const palette = ['cyan', 'magenta', 'green', 'blue', 'yellow'];

/**
 * Prints lines of several processes with the name of each in front, in a colour of its own. Copies have their service's
 * colour.
 * @param {Terminal} terminal
 * @param {string[]} labels all there will be, so that the lines can be aligned
 * @returns {(label: string, line: string) => void}
 */
export function createLogPrinter(terminal, labels) {
  const width = Math.max(...labels.map((label) => label.length));
  const services = [...new Set(labels.map(serviceOf))];
  return (label, line) => {
    const style = palette[Math.max(0, services.indexOf(serviceOf(label))) % palette.length] ?? 'cyan';
    terminal.line(`${terminal.paint(style, label.padEnd(width))} ${terminal.paint('dim', '|')} ${line}`);
  };
}

/** @param {string} label */
function serviceOf(label) {
  return label.split(':')[0] ?? label;
}
