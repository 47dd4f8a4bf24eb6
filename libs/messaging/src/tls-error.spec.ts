import { describe, expect, it } from 'vitest';
import { explainTlsError } from './tls-error.js';

const anError = (code?: string): Error => Object.assign(new Error('as Node says it'), { code });

describe(explainTlsError.name, () => {
  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted \(as Node says it\).*NODE_EXTRA_CA_CERTS/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another host than RABBITMQ_URL names \(as Node says it\)/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/],
  ])('says what to change on %s', (code, text) => {
    expect(explainTlsError(anError(code))).toMatch(text);
  });

  it.each(['ECONNREFUSED', undefined])('leaves %s to speak for itself', (code) => {
    expect(explainTlsError(anError(code))).toBeUndefined();
  });
});
