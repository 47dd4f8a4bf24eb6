import { QueryClient } from '@tanstack/react-query';

/** Makes the query client. The event stream keeps what is read up to date, so nothing grows stale by itself. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: Infinity,
        // The browser's idea of being offline does not hold for a server on the same machine.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}
