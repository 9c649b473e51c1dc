/** Tables whose rows are counted for an environment, so that no total reads all of them. */
const COUNTED = ['api_keys', 'applications', 'organizations'] as const;

/** What a trigger runs. `new` and `old` are the rows after and before. */
const trigger = (name: string, when: string, body: string): readonly string[] => [
  `create function ${name}() returns trigger language plpgsql as $$ begin ${body} return null; end $$`,
  `create trigger ${name} after ${when} execute function ${name}()`,
];

const ADD_METADATA = `insert into user_metadata (environment_id, key, value, user_id)
  select new.environment_id, pair.key, pair.value, new.id from json_each_text(new.metadata::json) as pair;`;
const REMOVE_METADATA = `delete from user_metadata where environment_id = old.environment_id and user_id = old.id
  and (key, value) in (select pair.key, pair.value from json_each_text(old.metadata::json) as pair);`;
const COUNT_IN = `insert into user_totals values (new.environment_id, new.email_verified, 1)
  on conflict (environment_id, email_verified) do update set users = user_totals.users + 1;`;
const COUNT_OUT = `update user_totals set users = users - 1
  where environment_id = old.environment_id and email_verified = old.email_verified;`;

/** Counters and metadata rows are kept by triggers, so that no writer can forget them. */
export const triggers: readonly string[] = [
  ...trigger('users_metadata_added', 'insert on users for each row', ADD_METADATA),
  ...trigger('users_metadata_removed', 'delete on users for each row', REMOVE_METADATA),
  ...trigger(
    'users_metadata_changed',
    'update of metadata on users for each row when (old.metadata <> new.metadata)',
    `${REMOVE_METADATA} ${ADD_METADATA}`,
  ),
  ...trigger('users_counted_in', 'insert on users for each row', COUNT_IN),
  ...trigger('users_counted_out', 'delete on users for each row', COUNT_OUT),
  ...trigger(
    'users_counted_over',
    'update of email_verified on users for each row when (old.email_verified <> new.email_verified)',
    `${COUNT_OUT} ${COUNT_IN}`,
  ),
  ...trigger(
    'organization_memberships_counted_in',
    'insert on organization_memberships for each row',
    `insert into organization_totals values (new.environment_id, new.organization_id, 1)
        on conflict (environment_id, organization_id) do update set users = organization_totals.users + 1;`,
  ),
  ...trigger(
    'organization_memberships_counted_out',
    'delete on organization_memberships for each row',
    `update organization_totals set users = users - 1
        where environment_id = old.environment_id and organization_id = old.organization_id;`,
  ),
  ...COUNTED.flatMap((table) => [
    ...trigger(
      `${table}_counted_in`,
      `insert on ${table} for each row`,
      `insert into list_totals values (new.environment_id, '${table}', 1)
          on conflict (environment_id, list) do update set total = list_totals.total + 1;`,
    ),
    ...trigger(
      `${table}_counted_out`,
      `delete on ${table} for each row`,
      `update list_totals set total = total - 1 where environment_id = old.environment_id and list = '${table}';`,
    ),
  ]),
];
