import { errorFromAnswer, errorFromFetch } from './problem';

/** Longer than the gateway waits for a service, so that its problem arrives before we give up. */
const TIMEOUT_MS = 20_000;

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Sends a request; any outcome but success is thrown as a `RequestError`. */
export async function request(path: string, { method = 'GET', body, signal }: RequestOptions = {}): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const init: RequestInit = {
    method,
    headers: {
      accept: 'application/json, application/problem+json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    // Who aborted the request knows why; the query library expects to see its own abort.
    if (signal?.aborted) throw cause;
    throw errorFromFetch(cause);
  }
  if (!response.ok) throw errorFromAnswer(response.status, await response.json().catch(() => undefined));
  return response;
}

/** Sends a request and reads the JSON it is answered with, which the contract vouches for. */
export async function requestJson<T>(path: string, options?: RequestOptions): Promise<T> {
  const response = await request(path, options);
  return (await response.json()) as T;
}
