import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestSystem } from '#testing';
import { startWholeSystem } from './whole-system.js';

const executablePath = process.env['PARLEY_CHROMIUM'] || '/usr/bin/chromium';
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `npm test` says at its beginning when there is no browser, and why. */
describe.skipIf(process.env['PARLEY_CHROMIUM'] === '')('the page', () => {
  let system: TestSystem;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const article = () => page.getByRole('article', { name: 'Hello from a browser' });

  const comment = async (text: string): Promise<void> => {
    await article()
      .getByRole('textbox', { name: /^Comment on/ })
      .fill(text);
    await article().getByRole('button', { name: 'Comment', exact: true }).click();
  };

  beforeAll(async () => {
    const clientDir = fileURLToPath(new URL('../dist/client', import.meta.url));
    system = await startWholeSystem({ env: { CLIENT_DIR: clientDir } });
    browser = await chromium.launch({ executablePath, args });
    page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(system.http('gateway').baseUrl);
    await page.getByText('Live', { exact: true }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  it('publishes a post', async () => {
    await page.getByLabel('Title', { exact: true }).fill('Hello from a browser');
    await page.getByLabel('Body', { exact: true }).fill('Written by a test.');
    await page.getByRole('button', { name: 'Publish' }).click();
    await article().getByText('Written by a test.').waitFor();
  });

  it("shows a comment's verdict by itself, without reloading", async () => {
    // Without moderation the comment stays pending until we have looked.
    await system.stopApp('moderation');
    await comment('What a pleasant page');
    await article().getByText('Awaiting moderation').waitFor();
    await system.startApp('moderation');
    await article().getByText('Awaiting moderation').waitFor({ state: 'detached' });
    expect(await article().getByText('What a pleasant page').count()).toBe(1);
  });

  it('shows that a comment was rejected, without its text', async () => {
    await comment('this is shit');
    await article().getByText('rejected by moderation').waitFor();
  });

  it('shows what others write', async () => {
    await system.http('gateway').post('/api/posts', { title: 'From somebody else' });
    await page.getByRole('article', { name: 'From somebody else' }).waitFor();
  });

  it('says what is wrong with a post', async () => {
    await page.getByRole('button', { name: 'Publish' }).click();
    const title = page.getByLabel('Title', { exact: true });
    await title.and(page.locator('[aria-invalid="true"]')).waitFor();
  });

  it('raises no error and breaks no content policy', () => {
    expect(problems).toEqual([]);
  });
});
