// @ts-check
import { messageOf } from './errors.mjs';

/**
 * Whether something is ready to work, and if not, what it says about that.
 * @param {string} url its base URL
 * @returns {Promise<{ ready: boolean, answer: string }>}
 */
export async function readinessOf(url) {
  const endpoint = `${url}/health/ready`;
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(2000) });
    const body = (await response.text()).trim();
    return { ready: response.ok, answer: `GET ${endpoint} answers ${response.status} ${body}` };
  } catch (error) {
    const reason = error instanceof Error && error.cause ? error.cause : error;
    return { ready: false, answer: `GET ${endpoint} has no answer (${messageOf(reason)})` };
  }
}
