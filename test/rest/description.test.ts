import { expect, test } from 'vitest';
import { hasBrowser, tabOn } from '../support/http/browser.js';
import { differences, KNOWN_DIFFERENCES } from '../support/rest/differences.js';
import { OFFICIAL, OURS } from '../support/rest/openapi.js';
import { testApp } from '../support/test-app.js';

test('the description is served, and describes itself as OpenAPI 3.1', async () => {
  const { app } = await testApp();
  const response = await app.fetch(new Request('http://localhost/openapi.json'));
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const document = await response.json();
  expect(document).toEqual(OURS);
  expect(document.openapi).toBe('3.1.0');
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  );
  expect(refs.filter((name) => !(String(name) in document.components.schemas))).toEqual([]);
});

test('the page that reads it loads nothing from elsewhere', async () => {
  const { app } = await testApp();
  const page = await (await app.fetch(new Request('http://localhost/openapi'))).text();
  const [, script = ''] = /src="([^"]+)"/.exec(page) ?? [];
  expect(page).not.toMatch(/https?:/);
  const asset = await app.fetch(new Request(`http://localhost/${script}`));
  expect([asset.status, asset.headers.get('content-encoding')]).toEqual([200, 'gzip']);
});

test.skipIf(!hasBrowser)('a browser shows the operations', async () => {
  const { app } = await testApp();
  const { tab, asked, origin } = await tabOn(app);
  await tab.goto(`${origin}/openapi`);
  await tab.getByText('Get a user by external ID').first().waitFor();
  expect(asked.filter((url) => !url.startsWith(`${origin}/`))).toEqual([]);
});

if (!OFFICIAL) {
  console.warn('SKIPPED: the comparison with the official description, because WORKOS_OPENAPI does not name its file.');
}

test.skipIf(!OFFICIAL)(
  'it differs from the official description only where that is explained (set WORKOS_OPENAPI to its file)',
  () => {
    if (!OFFICIAL) throw new Error('The test is skipped without the file.');
    const found = differences(OURS, OFFICIAL);
    expect(found.filter((one) => !KNOWN_DIFFERENCES.some(([known]) => known.test(one)))).toEqual([]);
    expect(KNOWN_DIFFERENCES.filter(([known]) => !found.some((one) => known.test(one)))).toEqual([]);
  },
);
