import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';

export const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser) console.warn(`SKIPPED: GraphiQL of the installed package, because there is no ${CHROMIUM}.`);

/** Runs GraphiQL's opening query with the key that the demo filled in, and waits for the last line of the answer. */
export async function runFirstQuery(url: string): Promise<void> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const failed: string[] = [];
  page.on('requestfailed', (request) => failed.push(request.url()));
  await page.goto(url);
  await page.getByRole('button', { name: /execute query/i }).click();
  const result = page.locator('.result-window');
  await result.getByText('authorizedApplications').first().waitFor();
  // The editor draws only the lines in view: the last ones come when the first are scrolled away.
  await result.click();
  await page.keyboard.press('Control+End');
  await result.getByText('"totalCount": 200').waitFor();
  expect(failed).toEqual([]);
}
