import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemViewer } from '../../src/auth/viewer.js';
import type { EnvironmentId } from '../../src/domain/ids.js';
import { START } from '../../src/transfers/lines.js';
import type { TransferFormat } from '../../src/transfers/row.js';
import { exportOf } from '../../src/transfers/user-export.js';
import { batchesIn } from '../../src/transfers/user-file.js';
import { folder } from '../support/processes/process.js';
import { testApp } from '../support/test-app.js';
import { inChunks, rowsIn } from '../support/transfers/rows.js';
import { HASHED, ndjson, query } from '../support/transfers.js';

test.each(['ndjson', 'csv'] as const)('rows of %s do not depend on how the bytes arrive', async (format) => {
  const part = fc.constantFrom(
    '"',
    '""',
    ',',
    '\n',
    '\r\n',
    '\r',
    'é',
    '{"email":"a@b.c"}',
    'x',
    '{}',
    ' ',
    '\\',
    '\u{feff}',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      async (parts, sizes) => {
        const bytes = Buffer.from(`${format === 'csv' ? 'email,name\n' : ''}${parts.join('')}`);
        const whole = await rowsIn(bytes, format, [bytes.length + 1]);
        expect(await rowsIn(bytes, format, sizes)).toEqual(whole);
        // Nothing is lost: the rows follow each other, and all that is between them is blank, or without anything in its cells.
        const blank = format === 'csv' ? /^[\s,\u{feff}]*$/u : /^\s*$/;
        let at = format === 'csv' ? 11 : START.offset;
        for (const row of whole) {
          const gap = bytes.subarray(at, row.end.offset - row.size).toString();
          expect(gap).toMatch(blank);
          at = row.end.offset;
        }
        expect(bytes.subarray(at).toString()).toMatch(blank);
      },
    ),
    { numRuns: 300 },
  );
});

const text = (maxLength: number) =>
  fc.oneof(
    // No text has U+0000.
    fc.string({ maxLength, unit: 'binary' }).map((drawn) => drawn.replaceAll('\0', '\u0001')),
    fc.constantFrom('', ' ', '"', ',', 'a\nb', '\r\n', '\t', "'", '=1+1', 'null', 'é̂'),
  );
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const person = fc.record({
  emailVerified: fc.boolean(),
  firstName: optional(text(20)),
  lastName: optional(text(20)),
  name: optional(text(20)),
  locale: optional(fc.constantFrom('en-US', 'de-DE', 'pt-BR')),
  externalId: fc.boolean(),
  metadata: fc.dictionary(
    text(8).filter((key) => key !== '' && key !== '__proto__'),
    text(20),
    { maxKeys: 4, noNullPrototype: true },
  ),
  hash: optional(
    fc.constantFrom(HASHED, {
      passwordHash: '{SSHA256}d3dAvpIklDG+txSchizyr8d7D7QHVg6ZN6SxEIKBWvfZU7UFLjRO+w==',
      passwordHashType: 'SSHA256',
      passwordSaltPosition: 'PREFIX',
    }),
  ),
});

test.each(['ndjson', 'csv'] as const)('what is exported as %s is imported the same', async (format) => {
  const { app, file } = await testApp();
  const { importRuns, environments, userExports } = app.services;
  const rejectsFile = join(folder(), 'rejects.ndjson');
  let fresh = 0;
  const newEnvironment = async () => (await environments.ensure(`e${fresh++}`, 'test')).id;
  const importText = async (id: EnvironmentId, content: string, from: TransferFormat) => {
    const plan = {
      environmentId: id,
      source: String(fresh),
      format: from,
      policy: 'reject',
      rejectsFile,
    } as const;
    const begun = await importRuns.beginImport(plan, false);
    return importRuns.importBatches(begun, batchesIn(inChunks(Buffer.from(content), [1_000]), from));
  };
  const exportText = async (id: EnvironmentId) => {
    const pages = () => userExports.pages(systemViewer(id, 'test'), true);
    const exported = await exportOf(pages, format, true);
    let content = '';
    for await (const chunk of exported.chunks) content += chunk;
    return content;
  };
  const withoutServers = (content: string) =>
    content.replace(/user_[0-9A-Z]{26}/g, 'id').replace(/\d{4}-\d\d-\d\dT[\d:.]{12}Z/g, 'time');
  await fc.assert(
    fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 6 }), async (people) => {
      const rows = people.map(({ hash, externalId, ...rest }, index) => ({
        ...{ email: `p${index}@example.com`, ...rest, ...hash },
        externalId: externalId ? `x "${index}", ` : null,
      }));
      const [one, two] = [await newEnvironment(), await newEnvironment()];
      expect(await importText(one, ndjson(...rows), 'ndjson')).toMatchObject({ created: rows.length, refused: 0 });
      const exported = await exportText(one);
      expect(await importText(two, exported, format)).toMatchObject({ created: rows.length, refused: 0 });
      expect(withoutServers(await exportText(two))).toBe(withoutServers(exported));
      const state = (id: EnvironmentId) =>
        query(
          file,
          `select email, email_verified, first_name, last_name, name, locale, external_id, metadata, hash, type, salt_position
            from users left join passwords on user_id = users.id and passwords.environment_id = users.environment_id
            where users.environment_id = '${id}' order by users.id`,
        ).map((row) => ({ ...(row as object), metadata: JSON.parse((row as { metadata: string }).metadata) }));
      expect(state(two)).toEqual(state(one));
    }),
    { numRuns: 40 },
  );
});
