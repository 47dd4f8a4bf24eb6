// @ts-check
// Docker's health check: exit code 0 when this container's process answers requests.
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';

const { PORT, TLS_CERT_FILE } = process.env;

/** @param {import('node:http').IncomingMessage} response */
const finish = ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1);

const request = TLS_CERT_FILE
  ? // The certificate is for the name that others call, not for this address; and this is no other machine.
    getHttps({ host: '127.0.0.1', port: PORT, path: '/health/ready', rejectUnauthorized: false }, finish)
  : getHttp({ host: '127.0.0.1', port: PORT, path: '/health/ready' }, finish);
request.on('error', () => process.exit(1));
