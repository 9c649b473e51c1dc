import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { blockOf } from './pages.js';

// npm run docs:image -- <address of GraphiQL>, as `npm run demo` prints it: takes the picture of README.md anew.
const IMAGE = fileURLToPath(new URL('../../../docs/images/graphiql.png', import.meta.url));

const [address = 'http://127.0.0.1:4000/graphql'] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 640 }, colorScheme: 'light' });
  const query = blockOf('README.md', 'users(first: 2)');
  await page.goto(`${address}?query=${encodeURIComponent(query)}`);
  await page.getByRole('button', { name: /execute query/i }).click();
  // The headers have the key of the demo.
  await page.getByRole('button', { name: /hide editor tools/i }).click();
  await page.locator('.result-window').getByText('authorizedApplications').first().waitFor();
  await page.screenshot({ path: IMAGE });
} finally {
  await browser.close();
}
