import type { Row } from './row.js';

/** The rows as a table for people. */
export function table(rows: Row[]): string {
  const lines = [
    ['', '', 'WAITING', 'OLDEST', ''],
    ...rows.map(({ kind, of, waiting, oldestSeconds, note }) => {
      return [kind, of, waiting === null ? '?' : String(waiting), waiting ? age(oldestSeconds) : '', note];
    }),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => pad(cell, column, widths))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const pad = (cell: string, column: number, widths: number[]): string =>
  column === 2 || column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column] ?? 0);

/** `12 s`, `3 min`, `5 h`, `2 d`. */
export function age(seconds: number | null): string {
  if (seconds === null) return '';
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const;
  const [unit, length] = units.find(([, size]) => seconds >= 2 * size) ?? ['s', 1];
  return `${Math.floor(seconds / length)} ${unit}`;
}
