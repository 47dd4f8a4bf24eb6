import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppName } from '#contracts';
import { TestCertificate, TestVhost, waitFor } from '#testing';
import { RealProcess } from './real-process.js';

/** Real processes: which authorities Node trusts is decided when a process starts. */
describe('HTTPS', { timeout: 240_000 }, () => {
  let folder: string;
  let trusted: string;
  /** For 127.0.0.1, at which all of them announce themselves, and for the name alone. */
  let byAddress: TestCertificate;
  let byName: TestCertificate;
  const running: RealProcess[] = [];
  const vhosts: TestVhost[] = [];
  /** Whoever is on another one hears nothing of these. */
  const aVhost = async (): Promise<{ RABBITMQ_URL: string }> => {
    const vhost = await TestVhost.create();
    vhosts.push(vhost);
    return { RABBITMQ_URL: vhost.url };
  };

  const start = async (name: AppName, env: Record<string, string>): Promise<RealProcess> => {
    const DATABASE_URL = `sqlite:${join(folder, `${name}-${running.length}.db`)}`;
    const common = { DATABASE_URL, NODE_EXTRA_CA_CERTS: trusted };
    const process = await RealProcess.start(name, { ...common, ...env });
    running.push(process);
    return process;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-https-'));
    byAddress = await TestCertificate.create('IP:127.0.0.1');
    byName = await TestCertificate.create('IP:127.0.0.9', 'DNS:localhost');
    trusted = join(folder, 'trusted.pem');
    await writeFile(trusted, byAddress.cert + byName.cert);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(running.map((process) => process.end('SIGINT')));
    await Promise.all([byAddress.remove(), byName.remove()]);
    await Promise.all(vhosts.map((vhost) => vhost.remove()));
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('is served by all, and spoken among them: to those that announce themselves by address', async () => {
    const env = { ...(await aVhost()), ...byAddress.env };
    const posts = await start('posts', env);
    const gateway = await start('gateway', env);
    const answer = await waitFor(async () => {
      const one = await gateway.ask(byAddress.cert, 'POST', '/api/posts', { title: 'Safe' });
      return one.status === 201 && one;
    });
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
    await expect(posts.http.get('/health/live')).rejects.toThrow('fetch failed');
  });

  it('checks the certificate by the host name that is listed, and connects by address', async () => {
    const vhost = await aVhost();
    // It announces its address, for which its certificate is not: what is listed counts.
    const posts = await start('posts', { ...byName.env, ...vhost });
    const listed = `https://localhost:${posts.port}`;
    const gateway = await start('gateway', { POSTS_URLS: listed, ...vhost });
    const { status, body } = await waitFor(async () => {
      const one = await gateway.http.post<{ id: string }>('/api/posts', { title: 'Safe' });
      return one.status === 201 && one;
    });
    expect(status).toBe(201);
    // On a vhost of its own it hears of no post, and so must ask.
    const comments = await start('comments', { POSTS_URLS: listed, ...(await aVhost()) });
    const comment = (postId: string) => comments.http.post(`/posts/${postId}/comments`, { content: 'Hello' });
    expect((await comment(body.id)).status).toBe(201);
    expect((await comment(v7())).status).toBe(404);
  });

  it('is refused where the certificate is for somebody else, or its authority is not trusted', async () => {
    const { port } = await start('posts', { ...byName.env, ...(await aVhost()) });
    const somebodyElse = { POSTS_URLS: `https://127.0.0.1:${port}` };
    const notTrusted = { POSTS_URLS: `https://localhost:${port}`, NODE_EXTRA_CA_CERTS: '' };
    for (const env of [somebodyElse, notTrusted]) {
      const gateway = await start('gateway', { ...env, ...(await aVhost()) });
      expect((await gateway.http.post('/api/posts', { title: 'Not safe' })).status).toBe(503);
    }
  });
});
