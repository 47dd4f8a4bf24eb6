import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { connection } from './app/connection';
import { createQueryClient } from './app/query-client';
import { announce } from './lib/announcer';
import { api } from './lib/api';
import { FeedCache } from './lib/feed-cache';
import { FeedCacheContext } from './lib/feed-cache-context';
import { followReadModel } from './lib/read-model-events';
import './styles/index.css';

const queryClient = createQueryClient();
const feedCache = new FeedCache({
  queryClient,
  api,
  onVerdict: ({ status }) => announce(status === 'approved' ? 'Comment approved' : 'Comment rejected'),
});

// For as long as the page is open, so outside of the component tree.
followReadModel({
  onChange: (change) => feedCache.apply(change),
  onGap: () => void feedCache.reset(),
  onState: connection.set,
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <FeedCacheContext value={feedCache}>
        <App />
      </FeedCacheContext>
    </QueryClientProvider>
  </StrictMode>,
);
