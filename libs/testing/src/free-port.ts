import { freePorts } from '../../../scripts/lib/ports.mjs';

/** A TCP port on 127.0.0.1 that nobody listens on, and that nobody else is given as long as this process lives. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}
