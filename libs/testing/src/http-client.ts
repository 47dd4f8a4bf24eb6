/** An HTTP answer with its body parsed. */
export interface HttpAnswer<T> {
  status: number;
  headers: Headers;
  /** The parsed JSON, the text where it is not JSON, or undefined where there is none. */
  body: T;
}

/** Calls one app of the system under test. */
export class HttpClient {
  constructor(readonly baseUrl: string) {}

  get<T>(path: string, headers?: Record<string, string>): Promise<HttpAnswer<T>> {
    return this.request('GET', path, undefined, headers);
  }

  post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<HttpAnswer<T>> {
    return this.request('POST', path, body, headers);
  }

  patch<T>(path: string, body: unknown): Promise<HttpAnswer<T>> {
    return this.request('PATCH', path, body);
  }

  delete<T>(path: string): Promise<HttpAnswer<T>> {
    return this.request('DELETE', path);
  }

  /** @param body sent as JSON, unless it is a string, which is sent as it is */
  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer<T>> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: parse(await response.text()) as T };
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
