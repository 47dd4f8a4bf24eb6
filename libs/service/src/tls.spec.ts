import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestCertificate } from '#testing';
import { EnvironmentError } from './env.js';
import { readTls } from './tls.js';

describe(readTls.name, () => {
  let one: TestCertificate;
  let other: TestCertificate;

  beforeAll(async () => {
    [one, other] = [await TestCertificate.create('DNS:a.test'), await TestCertificate.create('DNS:b.test')];
  });
  afterAll(() => Promise.all([one.remove(), other.remove()]));

  it('reads a certificate and its key', () => {
    expect(readTls(one.env)?.cert.toString()).toBe(one.cert);
  });

  it('has nothing to read where neither is named', () => {
    expect(readTls({})).toBeUndefined();
  });

  it('wants both or neither', () => {
    const { TLS_CERT_FILE, TLS_KEY_FILE } = one.env;
    expect(() => readTls({ TLS_CERT_FILE })).toThrow(EnvironmentError);
    expect(() => readTls({ TLS_CERT_FILE })).toThrow('TLS_KEY_FILE: must be set, as TLS_CERT_FILE is');
    expect(() => readTls({ TLS_KEY_FILE })).toThrow('TLS_CERT_FILE: must be set');
  });

  it('says which file cannot be read', () => {
    expect(() => readTls({ ...one.env, TLS_KEY_FILE: '/nowhere' })).toThrow(
      /TLS_KEY_FILE: cannot be read: ENOENT.*nowhere/,
    );
  });

  it('says when they do not fit', async () => {
    expect(() => readTls({ ...one.env, TLS_KEY_FILE: other.env.TLS_KEY_FILE })).toThrow(/no certificate and its key/);
    await writeFile(other.env.TLS_CERT_FILE, 'no certificate');
    expect(() => readTls(other.env)).toThrow(/no certificate and its key/);
  });
});
