import { type ChannelModel, connect } from 'amqplib';

/** How long the handshake with a node may take, in milliseconds. */
const CONNECT_TIMEOUT = 5_000;

/** A connection to the first node that answers. @throws the last node's error when none answers */
export async function connectToAny(urls: string[], name: string): Promise<ChannelModel> {
  let failure: unknown;
  for (const url of urls) {
    try {
      const clientProperties = { connection_name: name };
      const connection = await connect(url, { noDelay: true, timeout: CONNECT_TIMEOUT, clientProperties });
      // What is under way hears of it from its channel.
      connection.on('error', () => undefined);
      return connection;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
