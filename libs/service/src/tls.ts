import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type AppEnv, EnvironmentError } from './env.js';

/** A certificate with its chain, and its key: PEM. */
export interface Tls {
  cert: Buffer;
  key: Buffer;
}

type TlsEnv = Partial<Pick<AppEnv, 'TLS_CERT_FILE' | 'TLS_KEY_FILE'>>;

/** Whether this process serves HTTPS. */
export const isHttps = ({ TLS_CERT_FILE }: TlsEnv): boolean => TLS_CERT_FILE !== undefined;

/**
 * Reads the certificate to serve HTTPS with; undefined where HTTP is to be served.
 *
 * @throws EnvironmentError when only one of the two files is named, one cannot be read, or they do not fit together
 */
export function readTls({ TLS_CERT_FILE, TLS_KEY_FILE }: TlsEnv): Tls | undefined {
  if (!TLS_CERT_FILE && !TLS_KEY_FILE) return undefined;
  if (!TLS_KEY_FILE) throw unusable('TLS_KEY_FILE: must be set, as TLS_CERT_FILE is');
  if (!TLS_CERT_FILE) throw unusable('TLS_CERT_FILE: must be set, as TLS_KEY_FILE is');
  const tls = { cert: read('TLS_CERT_FILE', TLS_CERT_FILE), key: read('TLS_KEY_FILE', TLS_KEY_FILE) };
  try {
    createSecureContext(tls);
  } catch (error) {
    const files = `${TLS_CERT_FILE} and ${TLS_KEY_FILE}`;
    throw unusable(`TLS_CERT_FILE, TLS_KEY_FILE: ${files} are no certificate and its key: ${(error as Error).message}`);
  }
  return tls;
}

function read(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unusable(`${variable}: cannot be read: ${(error as Error).message}`);
  }
}

const unusable = (line: string): EnvironmentError => new EnvironmentError(`the environment cannot be used:\n  ${line}`);
