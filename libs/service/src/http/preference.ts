/** RFC 9110, section 5.6.2. */
const token = String.raw`[!#$%&'*+.^_\`|~\w-]+`;
/** RFC 9110, section 5.6.4; its backslashes are taken off by `unquote`. */
const quoted = String.raw`"(?:[^"\\]|\\.)*"`;

/** What stands between commas, those in quotes aside. Quotes that do not end go on to the end. */
const elements = /(?:[^",]|"(?:[^"\\]|\\.?)*"?)+/gs;
/** A name, perhaps a value, and parameters that are not looked at. */
const element = new RegExp(String.raw`^[ \t]*(${token})(?:[ \t]*=[ \t]*(${token}|${quoted}))?[ \t]*(?:;.*)?$`, 's');

/**
 * Looks for a preference in a request's `Prefer` (RFC 7240, section 2). What is malformed is passed over, as what nobody
 * knows is: preferences are never a reason to refuse a request.
 *
 * @param header the list, into which several such headers are joined
 * @param name in lower case
 * @returns its value, `''` where it has none, or undefined where it is not there. The first one counts
 */
export function preference(header: string, name: string): string | undefined {
  for (const [text] of header.matchAll(elements)) {
    const [, key, value = ''] = element.exec(text) ?? [];
    if (key?.toLowerCase() === name) return unquote(value);
  }
  return undefined;
}

const unquote = (value: string): string =>
  value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : value;
