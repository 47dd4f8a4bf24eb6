import { isUtf8 } from 'node:buffer';
import type { DeadLetterDetail } from '#contracts';

type Body = DeadLetterDetail['body'];

/** The most characters of a body that are shown. */
const MOST = 2 * 1024 * 1024;

/** A body as people read it: JSON indented, other text as it is, anything else in hexadecimal. */
export function readableBody(content: Buffer): Body {
  const json = content.length <= MOST ? indented(content) : undefined;
  if (json !== undefined) return cut('json', json);
  // A NUL is valid UTF-8, but no text.
  if (isUtf8(content) && !content.includes(0)) return cut('text', content.subarray(0, MOST + 1).toString('utf8'));
  return cut('hex', content.subarray(0, MOST / 2 + 1).toString('hex'));
}

const cut = (format: Body['format'], content: string): Body => ({
  format,
  content: content.slice(0, MOST),
  truncated: content.length > MOST,
});

/** The `type` of a body that is a CloudEvent or looks like one. */
export function typeInBody(content: Buffer): unknown {
  if (content[0] !== OPENING_BRACE) return undefined;
  try {
    return (JSON.parse(content.toString('utf8')) as { type?: unknown }).type;
  } catch {
    return undefined;
  }
}

const OPENING_BRACE = '{'.charCodeAt(0);

/** Undefined also for JSON that is nested so deeply that it cannot be written again. */
function indented(content: Buffer): string | undefined {
  try {
    return JSON.stringify(JSON.parse(content.toString('utf8')), undefined, 2);
  } catch {
    return undefined;
  }
}
