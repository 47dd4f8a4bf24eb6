import type { Pool } from 'undici';

/** How long an instance may take to say how it is, in milliseconds. */
const TIMEOUT = 2_000;

/** What it says when nothing came in time: neither an answer nor the end of the connection. */
const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']);

/** `timeout`: nothing came, so it is silent or busy. */
export interface Health {
  state: 'up' | 'not-ready' | 'unreachable' | 'timeout';
  reason: string;
}

/**
 * Asks an instance how it is. Never rejects.
 *
 * @param host what to call it in `Host`
 */
export async function askHealth(pool: Pool, host: string): Promise<Health> {
  const limits = { headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT };
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/health/ready',
      headers: { host },
      ...limits,
    });
    await body.dump();
    return { state: statusCode === 200 ? 'up' : 'not-ready', reason: `its health check says ${statusCode}` };
  } catch (error) {
    const timedOut = timeouts.has(String((error as { code?: unknown }).code));
    return { state: timedOut ? 'timeout' : 'unreachable', reason: messageOf(error) };
  }
}

/** What there is to say of an error. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);
