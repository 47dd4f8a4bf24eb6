import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** Injection token of a Lookup. */
export const LOOKUP = Symbol('Lookup');

/**
 * All addresses of a host name.
 *
 * @throws the resolver's error
 */
export type Lookup = (host: string) => Promise<string[]>;

/** The system's resolver: `/etc/hosts`, Docker's DNS, Kubernetes' DNS. */
export const systemLookup: Lookup = async (host) => {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
};

/**
 * The origins of all instances that `url` stands for: one for each address of its host name.
 *
 * @throws what `resolve` throws
 */
export async function originsOf({ protocol, hostname, port }: URL, resolve: Lookup): Promise<string[]> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(literal) ? [literal] : await resolve(hostname);
  return addresses.map((address) => {
    const host = isIP(address) === 6 ? `[${address}]` : address;
    return `${protocol}//${host}${port && `:${port}`}`;
  });
}
