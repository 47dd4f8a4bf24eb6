import type { DeadLetterDetail, DeadLetterGroup } from '#contracts';

/**
 * What dead letters hold came from anybody: control characters, by which a text could take over the operator's terminal,
 * and those that turn the direction of writing are shown as numbers.
 */
export const printable = (text: string): string =>
  text.replace(
    /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A text as a part of one line. */
export const oneLine = (text: string): string =>
  text.replace(/\s+/g, (space) => (/[\r\n\t]/.test(space) ? ' ' : space));

/** Groups as a table. */
export function tableOf(groups: DeadLetterGroup[], now = Date.now()): string {
  const rows = groups.map(({ service, type, reason, count, oldest, newest, error }) => [
    service,
    type,
    reason,
    String(count),
    age(oldest, now),
    age(newest, now),
    oneLine(error).slice(0, 100),
  ]);
  return columns([['service', 'type', 'reason', 'count', 'oldest', 'newest', 'error of the newest'], ...rows]);
}

/** All that is known of a dead letter. */
export function story({ headers, body, ...summary }: DeadLetterDetail): string {
  const facts = Object.entries(summary).filter(([, value]) => value !== null);
  const told = Object.entries(headers).map(([name, value]) => [`  ${name}`, asText(value)]);
  return [
    columns(facts.map(([name, value]) => [name, asText(value)])),
    'headers',
    columns(told),
    `body, ${body.format}${body.truncated ? ', only its beginning' : ''}`,
    body.content,
  ].join('\n');
}

/** `5 s`, `3 min`, `2 h`, `4 d` ago. */
function age(at: string | null, now: number): string {
  if (!at) return '?';
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

function columns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const asText = (value: unknown): string => oneLine(typeof value === 'string' ? value : JSON.stringify(value));
