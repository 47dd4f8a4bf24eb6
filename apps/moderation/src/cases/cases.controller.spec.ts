import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ModerationCase, type Problem } from '#contracts';
import { configureApp, HttpAdapter, nestOptions, parseEnv, rootModule } from '#service';
import { moderation } from '../app.js';
import { CasesController } from './cases.controller.js';
import { CasesService } from './cases.service.js';

const LINKS = 'http://a.example http://b.example http://c.example';

describe(CasesController.name, () => {
  let directory: string;
  let app: NestFastifyApplication;
  const ids = [uuidv7(), uuidv7(), uuidv7()] as const;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'moderation-'));
    const env = parseEnv(moderation.env, {
      DATABASE_URL: `sqlite:${directory}/moderation.db`,
      // Nobody listens there: the service works all the same.
      RABBITMQ_URL: 'amqp://127.0.0.1:1',
      PORT: '0',
      LOG_LEVEL: 'silent',
    });
    app = await NestFactory.create<NestFastifyApplication>(rootModule(moderation, env), new HttpAdapter(), nestOptions);
    await configureApp(app, moderation, env);
    // Fails when the handlers and the event table disagree.
    await app.startAllMicroservices();
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    for (const [index, id] of ids.entries()) await judge(id, `${index} ${LINKS}`);
    await judge(uuidv7(), 'What a fine post!');
  });

  afterAll(async () => {
    await app.close();
    await rm(directory, { recursive: true });
  });

  const judge = (id: string, content: string): Promise<void> => {
    const now = new Date().toISOString();
    const times = { createdAt: now, updatedAt: now };
    return app.get(CasesService).judge({ id, postId: uuidv7(), content, status: 'pending', ...times, version: 1 });
  };

  const get = (url: string) => app.inject({ method: 'GET', url });
  const decide = (id: string, payload: object) =>
    app.inject({ method: 'POST', url: `/moderation/cases/${id}/verdict`, payload });

  it('lists cases in pages, with a link to the next that keeps the state', async () => {
    const first = await get('/moderation/cases?state=review&limit=2');
    expect(first.json()).toMatchObject([{ commentId: ids[0] }, { commentId: ids[1] }]);
    const link = `/moderation/cases?state=review&limit=2&cursor=${ids[1]}`;
    expect(first.headers.link).toBe(`<${link}>; rel="next"`);
    const second = await get(link);
    expect(second.json()).toMatchObject([{ commentId: ids[2] }]);
    expect(second.headers.link).toBeUndefined();
  });

  it('lists cases of all states', async () => {
    const response = await get('/moderation/cases');
    expect(response.json()).toHaveLength(4);
  });

  it('answers a case as the contract has it', async () => {
    const response = await get(`/moderation/cases/${ids[0]}`);
    expect(response.statusCode).toBe(200);
    expect(z.strictObject(ModerationCase.shape).parse(response.json())).toMatchObject({ commentId: ids[0] });
  });

  it("takes a person's verdict", async () => {
    const response = await decide(ids[2], { status: 'approved', reason: 'fine links' });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ commentId: ids[2], state: 'approved', version: 2 });
  });

  it.each([
    ['GET', `/moderation/cases/${uuidv7()}`, 404],
    ['GET', '/moderation/cases/not-an-id', 400],
    ['GET', '/moderation/cases?state=deleted', 400],
    ['GET', '/moderation/cases?limit=0', 400],
    ['POST', `/moderation/cases/${uuidv7()}/verdict`, 404],
  ] as const)('answers %s %s with a problem', async (method, url, status) => {
    const payload = { status: 'approved', reason: 'fine' };
    const response = await app.inject({ method, url, ...(method === 'POST' && { payload }) });
    expect(response.headers['content-type']).toMatch('application/problem+json');
    expect([response.statusCode, response.json<Problem>().status]).toEqual([status, status]);
  });

  it.each([
    { status: 'review', reason: 'a person must decide' },
    { status: 'approved', reason: ' ' },
    { status: 'approved' },
    { status: 'approved', reason: 'fine', by: 'me' },
  ])('refuses the verdict %j', async (payload) => {
    const response = await decide(ids[0], payload);
    expect(response.statusCode).toBe(400);
  });
});
