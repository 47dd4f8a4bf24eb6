/** One link of a `Link` header: where it points and what it is to the page that carries it. */
export interface WebLink {
  target: string;
  rels: string[];
}

// One link: `<target>` and its parameters. A target may hold commas and semicolons, and so may a quoted value, so the
// header cannot simply be split at them.
const link = /<([^>]*)>((?:\s*;\s*[\w!#$%&'*+.^`|~-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)*)\s*(?:,|$)/g;
const parameter = /;\s*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?/g;

/** Reads a `Link` header (RFC 8288). What cannot be read is left out. */
export function parseLinkHeader(header: string): WebLink[] {
  return Array.from(header.matchAll(link), ([, target = '', parameters = '']) => ({
    target,
    rels: relsOf(parameters),
  }));
}

function relsOf(parameters: string): string[] {
  for (const [, name = '', quoted, token] of parameters.matchAll(parameter)) {
    // The RFC tells to heed only the first `rel`.
    if (name.toLowerCase() === 'rel') {
      const value = quoted?.replace(/\\(.)/g, '$1') ?? token ?? '';
      return value.toLowerCase().split(/\s+/).filter(Boolean);
    }
  }
  return [];
}

/**
 * The cursor of the next page, or null on the last one.
 *
 * Only the cursor is taken from the link. Behind a proxy the rest of the address (origin, path prefix) may be one that
 * the browser cannot reach.
 */
export function nextCursor(header: string | null): string | null {
  const next = parseLinkHeader(header ?? '').find(({ rels }) => rels.includes('next'));
  if (!next) return null;
  const query = next.target.split('#', 1)[0]?.split('?').slice(1).join('?');
  return new URLSearchParams(query).get('cursor');
}
