import amqp, { type AmqpConnectionManager } from 'amqp-connection-manager';

/** How long a node may take to shake hands, in milliseconds: then it is the next one's turn. */
const CONNECT_TIMEOUT = 5_000;

/**
 * Begins to connect to one of the nodes, and again to the next one for as long as it takes.
 *
 * @param name shown in the management UI
 */
export const connectToAny = (urls: string[], name: string): AmqpConnectionManager =>
  amqp.connect(shuffled(urls), {
    heartbeatIntervalInSeconds: 10,
    reconnectTimeInSeconds: 1,
    connectionOptions: {
      // Without it Nagle's algorithm and delayed acks cost tens of milliseconds a hop.
      noDelay: true,
      timeout: CONNECT_TIMEOUT,
      clientProperties: { connection_name: name },
    },
  });

/** In an order of chance, so that the connections of all processes spread over the nodes. */
const shuffled = (urls: string[]): string[] =>
  urls
    .map((url) => ({ url, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ url }) => url);
