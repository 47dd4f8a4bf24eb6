/**
 * How long each step of setting a channel up may take, in milliseconds. When a node of a cluster dies, what was asked
 * about its queues may never be answered. But where a node's host is gone, the others look for it in vain before they
 * answer: RabbitMQ 4.0 was seen to take 16 s to let the event log be read.
 */
const SET_UP_TIMEOUT = 30_000;

/** A step took too long. */
export class SetUpTimeoutError extends Error {}

/**
 * Waits for a step of setting a channel up.
 *
 * @param mayTakeLonger asked when it has taken as long as it may
 * @throws SetUpTimeoutError
 */
export async function withinTimeout<T>(step: Promise<T>, mayTakeLonger: () => boolean): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      if (!mayTakeLonger()) reject(new SetUpTimeoutError('RabbitMQ does not answer'));
    }, SET_UP_TIMEOUT);
  });
  try {
    return await Promise.race([step, timeout]);
  } finally {
    clearInterval(timer);
  }
}
