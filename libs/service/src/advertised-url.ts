import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * How others reach what listens at `address`. Of a process that listens at all addresses it is the machine's first one
 * that is not internal, IPv4 before IPv6.
 *
 * @param address as a listening server tells it
 * @param protocol what it speaks
 */
export function advertisedUrl(
  address: AddressInfo | string | null,
  protocol: 'http' | 'https',
  interfaces = networkInterfaces(),
): string {
  if (!address || typeof address === 'string') throw new Error('the server listens at no port');
  const host = isWildcard(address.address) ? outerAddress(interfaces) : address.address;
  return new URL(`${protocol}://${host.includes(':') ? `[${host}]` : host}:${address.port}`).origin;
}

const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';

function outerAddress(interfaces: ReturnType<typeof networkInterfaces>): string {
  const outer = Object.values(interfaces).flatMap((addresses) => addresses?.filter(({ internal }) => !internal) ?? []);
  // Link-local addresses mean something only together with an interface.
  const usable = outer.filter(({ address }) => !/^(fe80:|169\.254\.)/i.test(address));
  return (usable.find(({ family }) => family === 'IPv4') ?? usable[0])?.address ?? '127.0.0.1';
}
