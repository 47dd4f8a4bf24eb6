import type { ConnectionState } from '../lib/read-model-events';
import { createStore } from '../lib/store';

/** How the event stream stands. */
export const connection = createStore<ConnectionState>('connecting');
