// @ts-check
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { closeOk, frame, method, readMethods, startOk, openVhost, tuneOk, closeConnection } from './amqp-frames.mjs';

/**
 * @typedef {'ok' | 'unreachable' | 'not-amqp' | 'login-refused' | 'vhost-refused'} AmqpState
 * @typedef {{ state: AmqpState, detail: string }} AmqpAnswer
 */

/**
 * Whether a broker answers under a URL: connects, logs in, opens the virtual host and leaves again. It speaks the few
 * frames this takes itself, because it runs before the dependencies are installed.
 * @param {string} url
 * @param {number} [timeoutMs]
 * @returns {Promise<AmqpAnswer>}
 */
export async function probeAmqp(url, timeoutMs = 3000) {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const secure = protocol === 'amqps:';
  const target = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (secure ? 5671 : 5672) };
  const socket = secure
    ? connectTls({ ...target, servername: isIP(target.host) ? undefined : target.host })
    : connectTcp(target);
  const login = { user: decodeURIComponent(username) || 'guest', password: decodeURIComponent(password) || 'guest' };
  const vhost = pathname.length > 1 ? decodeURIComponent(pathname.slice(1)) : '/';

  /** @type {AmqpAnswer} */
  let verdict = { state: 'unreachable', detail: 'no answer' };
  return new Promise((resolve) => {
    /** @param {AmqpState} state @param {string} detail */
    const conclude = (state, detail) => {
      verdict = { state, detail };
      socket.destroy();
    };
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.once('error', (error) => {
      // Later on, how far we came says more than how the connection broke.
      if (verdict.state === 'unreachable') verdict.detail = (error.message || String(error)).trim();
    });
    socket.once('close', () => resolve(verdict));
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      verdict = { state: 'not-amqp', detail: 'it accepts connections but does not speak AMQP 0-9-1' };
      socket.write('AMQP\x00\x00\x09\x01', 'latin1');
    });

    /** @type {Record<string, (args: Buffer) => void>} */
    const replies = {
      '10.10': () => {
        verdict = { state: 'login-refused', detail: `it refuses the user ${login.user}` };
        socket.write(frame(startOk(login)));
      },
      '10.30': (limits) => {
        verdict = { state: 'vhost-refused', detail: `it has no virtual host ${vhost} for the user ${login.user}` };
        socket.write(Buffer.concat([frame(tuneOk(limits)), frame(openVhost(vhost))]));
      },
      10.41: () => {
        verdict = { state: 'ok', detail: '' };
        socket.write(frame(closeConnection()));
      },
      // The broker says why it closes in words of its own; the step reached says the same in ours.
      '10.50': () => socket.end(frame(method(closeOk))),
      10.51: () => socket.end(),
    };
    socket.on(
      'data',
      readMethods({
        onMethod: (id, args) => replies[id]?.(args),
        onGarbage: () => conclude('not-amqp', 'what answers there does not speak AMQP 0-9-1'),
      }),
    );
  });
}
