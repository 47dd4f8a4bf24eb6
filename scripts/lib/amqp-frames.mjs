// @ts-check
// The handful of AMQP 0-9-1 frames a login takes: https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 2.3 and 4.2.

const methodFrame = 1;
const frameEnd = 0xce;
const connectionClass = 10;

export const closeOk = 51;

/**
 * A method of the class "connection" with its arguments.
 * @param {number} id
 * @param {Buffer[]} args
 */
export function method(id, ...args) {
  return Buffer.concat([short(connectionClass), short(id), ...args]);
}

/**
 * A method as a frame on channel 0.
 * @param {Buffer} payload
 */
export function frame(payload) {
  return Buffer.concat([Buffer.from([methodFrame, 0, 0]), long(payload.length), payload, Buffer.from([frameEnd])]);
}

/** @param {{ user: string, password: string }} login */
export function startOk({ user, password }) {
  // Without this capability the broker answers a wrong password by hanging up without a word.
  const capabilities = table(shortString('authentication_failure_close'), Buffer.from('t\x01', 'latin1'));
  const properties = table(shortString('capabilities'), Buffer.from('F'), capabilities);
  return method(11, properties, shortString('PLAIN'), longString(`\0${user}\0${password}`), shortString('en_US'));
}

/** @param {Buffer} limits the broker's own, taken as they are, without heartbeats */
export function tuneOk(limits) {
  return method(31, limits.subarray(0, 6), short(0));
}

/** @param {string} vhost */
export function openVhost(vhost) {
  return method(40, shortString(vhost), shortString(''), Buffer.from([0]));
}

export function closeConnection() {
  return method(50, short(200), shortString('bye'), short(0), short(0));
}

/**
 * Cuts a stream of bytes into methods, named `class.method`.
 * @param {{ onMethod: (id: string, args: Buffer) => void, onGarbage: () => void }} handlers
 * @returns {(chunk: Buffer) => void}
 */
export function readMethods({ onMethod, onGarbage }) {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 7) {
      if (pending[0] !== methodFrame) return onGarbage();
      const end = 7 + pending.readUInt32BE(3);
      if (pending.length <= end) return;
      if (pending[end] !== frameEnd) return onGarbage();
      const payload = pending.subarray(7, end);
      pending = pending.subarray(end + 1);
      onMethod(`${payload.readUInt16BE(0)}.${payload.readUInt16BE(2)}`, payload.subarray(4));
    }
  };
}

/** @param {number} value */
function short(value) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** @param {number} value */
function long(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** @param {string} text */
function shortString(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** @param {string} text */
function longString(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([long(bytes.length), bytes]);
}

/** @param {Buffer[]} entries */
function table(...entries) {
  const bytes = Buffer.concat(entries);
  return Buffer.concat([long(bytes.length), bytes]);
}
