// @ts-check
import { stripVTControlCharacters } from 'node:util';

/**
 * Rows as columns of equal width, padded by what is visible (colours do not count).
 * @param {string[][]} rows
 */
export function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => visible(row[column]))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - visible(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** @param {string | undefined} text */
function visible(text = '') {
  return stripVTControlCharacters(text).length;
}
