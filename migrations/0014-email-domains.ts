import { sql } from 'kysely';
import type { Transaction } from '../src/db/handle.js';
import type { Migration } from '../src/db/migrator.js';
import { rowsOf } from './frozen/rows.js';
import { entryOf, searchableText } from './frozen/search.js';
import { domainOf, emailSpellingsOf, normalizeEmail, normalizeText } from './frozen/texts.js';

/** Users looked at in one go. */
const BATCH = 1_000;

/** The columns whose normal form may be another one now, as they are stored. */
interface OldUser {
  readonly environment_id: string;
  readonly id: string;
  readonly email: string;
  readonly email_normal: string;
  readonly email_domain: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly name: string | null;
  readonly external_id: string | null;
  readonly first_name_normal: string;
  readonly last_name_normal: string;
  readonly name_normal: string;
  readonly search_number: number;
}

/**
 * Only of these the form can be another one: letters beyond ASCII, and domains in their ASCII spelling. SQL finds them
 * without the rules, so that the others are not read into the program.
 */
const candidates = sql`(email || ifnull(first_name, '') || ifnull(last_name, '') || ifnull(name, '')) glob '*[^ -~]*'
  or email like '%xn--%'`;

/** The users of an environment in the order of creation: of two with one mailbox the first gets its normal form. */
async function users(trx: Transaction): Promise<void> {
  let last = ['', ''];
  for (;;) {
    const { rows } = await sql<OldUser>`
      select environment_id, id, email, email_normal, email_domain, first_name, last_name, name, external_id,
        first_name_normal, last_name_normal, name_normal, search_number
      from users where (environment_id, id) > (${last[0]}, ${last[1]}) and (${candidates})
      order by environment_id, id limit ${BATCH}`.execute(trx);
    const end = rows.at(-1);
    if (!end) return;
    await takeNormalForms(trx, rows);
    await takeOtherForms(trx, rows);
    last = [end.environment_id, end.id];
  }
}

/** Two who have one mailbox in two spellings both stay: who comes later keeps the form they had. */
async function takeNormalForms(trx: Transaction, rows: readonly OldUser[]): Promise<void> {
  const wanted = new Map<string, readonly [string, string, string]>();
  for (const { environment_id, id, email, email_normal } of rows) {
    const normal = normalizeEmail(email);
    const mailbox = `${environment_id} ${normal}`;
    if (normal !== email_normal && !wanted.has(mailbox)) wanted.set(mailbox, [environment_id, id, normal]);
  }
  await sql`
    update users set email_normal = value ->> 2 from ${rowsOf([...wanted.values()])}
    where environment_id = value ->> 0 and users.id = value ->> 1 and not exists (
      select 1 from users as other where other.environment_id = value ->> 0 and other.email_normal = value ->> 2
    )`.execute(trx);
}

async function takeOtherForms(trx: Transaction, rows: readonly OldUser[]): Promise<void> {
  const changed = rows
    .map((user) => {
      const before = [user.email_domain, user.first_name_normal, user.last_name_normal, user.name_normal];
      const names = [user.first_name, user.last_name, user.name].map((name) => normalizeText(name ?? ''));
      const forms = [domainOf(normalizeEmail(user.email)), ...names];
      return { user, forms, isOther: forms.some((form, index) => form !== before[index]) };
    })
    .filter(({ isOther }) => isOther)
    .map(({ user, forms }) => [user.environment_id, user.id, ...forms]);
  await sql`
    update users set email_domain = value ->> 2, first_name_normal = value ->> 3, last_name_normal = value ->> 4,
      name_normal = value ->> 5
    from ${rowsOf(changed)} where environment_id = value ->> 0 and users.id = value ->> 1`.execute(trx);
  const entries = rows
    .filter(({ email }) => emailSpellingsOf(email).length > 1)
    .map(
      ({ search_number: number, first_name: firstName, last_name: lastName, name, email, external_id: externalId }) => [
        number,
        entryOf(number, searchableText({ firstName, lastName, name, email, externalId })),
      ],
    );
  await sql`
    update user_search set words = value ->> 1 from ${rowsOf(entries)} where user_search.rowid = value ->> 0`.execute(
    trx,
  );
}

/** What one mailbox has had of codes is counted by its normal form. */
async function codes(trx: Transaction): Promise<void> {
  let last = ['', ''];
  for (;;) {
    const { rows } = await sql<Pick<OldUser, 'environment_id' | 'id' | 'email' | 'email_normal'>>`
      select environment_id, id, email, email_normal from one_time_codes
      where (environment_id, id) > (${last[0]}, ${last[1]}) and (email glob '*[^ -~]*' or email like '%xn--%')
      order by environment_id, id limit ${BATCH}`.execute(trx);
    const end = rows.at(-1);
    if (!end) return;
    const changed = rows
      .map((code) => ({ ...code, normal: normalizeEmail(code.email) }))
      .filter(({ email_normal, normal }) => email_normal !== normal)
      .map(({ environment_id, id, normal }) => [environment_id, id, normal]);
    await sql`
      update one_time_codes set email_normal = value ->> 2 from ${rowsOf(changed)}
      where environment_id = value ->> 0 and one_time_codes.id = value ->> 1`.execute(trx);
    last = [end.environment_id, end.id];
  }
}

/**
 * Addresses are compared with their domain in one spelling, `bücher.example` for `xn--bcher-kva.example`, and found by
 * both. `usergraph doctor` names the users who have one mailbox in two spellings.
 */
export const emailDomains: Migration = { name: '0014-email-domains', statements: [users, codes] };
