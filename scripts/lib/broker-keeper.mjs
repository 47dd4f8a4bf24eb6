// @ts-check
import { createBackoff } from './backoff.mjs';
import { messageOf } from './errors.mjs';

/** @import { Broker } from './broker-handle.mjs' */
/** @import { Terminal } from './terminal.mjs' */

/**
 * Starts a broker of ours again when it dies, with growing delays; the services wait for it meanwhile.
 * @param {Broker} broker
 * @param {{ terminal: Terminal, onChange: () => void }} options
 * @returns {{ release(): void }} `release`: from now on its end is wanted
 */
export function keepBrokerUp(broker, { terminal, onChange }) {
  const backoff = createBackoff({ firstMs: 500 });
  const released = new AbortController();
  let since = performance.now();

  /** @param {string} problem */
  function restartLater(problem) {
    if (released.signal.aborted) return;
    onChange();
    const delayMs = backoff(performance.now() - since);
    terminal.warn(`RabbitMQ ${problem}; starting it again in ${delayMs / 1000} s`);
    const timer = setTimeout(() => void restart(), delayMs);
    released.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  async function restart() {
    since = performance.now();
    try {
      await broker.start(released.signal);
      terminal.line(`${terminal.paint('green', '✓')} RabbitMQ runs again`);
      onChange();
    } catch (error) {
      if (!released.signal.aborted) await broker.kill();
      restartLater(`did not start (${messageOf(error)})`);
    }
  }

  broker.onDeath((ending) => restartLater(`has ended (${ending})`));
  return { release: () => released.abort() };
}
