/** What Node says when no authority that it knows vouches for a certificate. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What can be wrong with an amqps:// connection, and what to change. Undefined for any other error. */
export function explainTlsError(error: Error): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!code) return undefined;
  if (UNTRUSTED.has(code)) {
    return `RabbitMQ's certificate is not trusted (${message}); name the file of its authority in NODE_EXTRA_CA_CERTS`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `RabbitMQ's certificate is for another host than RABBITMQ_URL names (${message})`;
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return 'what answers at an amqps:// address of RABBITMQ_URL does not speak TLS; is it the port for amqp://?';
  }
  return undefined;
}
