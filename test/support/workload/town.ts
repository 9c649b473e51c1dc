import Database from 'better-sqlite3';
import type { App } from '../../../src/app.js';
import type { EnvironmentId } from '../../../src/domain/ids.js';
import { makeCrowd } from '../crowd.js';

/** One organization, and one application, for so many users; beside them one of each that all users have. */
export const USERS_PER_GROUP = 20;

/**
 * Users, and everything that hangs on them in numbers as they are found: an organization that all are members of beside
 * many small ones, the same for applications and their grants, a log, keys, codes, mails, sessions and deliveries. Written
 * by SQL, for it has to be quick: a million users take some minutes. Nothing may be in the log of the environment before.
 */
export async function makeTown(
  app: App,
  file: string,
  environmentId: EnvironmentId,
  users: number,
  onProgress: (done: number) => void = () => {},
): Promise<void> {
  await makeCrowd(app, environmentId, users, onProgress);
  const sqlite = new Database(file);
  sqlite.pragma('foreign_keys = off');
  sqlite.exec('begin immediate');
  // A ULID of another kind for each user: the last sign tells those of one user apart.
  sqlite.exec(`create temp table person as
    select number, id, email, email_normal, created_at, substr(id, 6, 25) as stem,
      'org_' || substr(first, 6, 25) || 'W' as big_org, 'org_' || substr(leader, 6, 25) || 'V' as small_org,
      'conn_app_' || substr(first, 6, 25) || 'W' as big_app, 'conn_app_' || substr(leader, 6, 25) || 'V' as small_app
    from (select *, min(id) over () as first, min(id) over (partition by (number - 1) / ${USERS_PER_GROUP}) as leader
      from (select *, row_number() over (order by id) as number from users where environment_id = '${environmentId}'))`);
  const fill = (sql: string) => sqlite.prepare(sql).run({ environment: environmentId });
  const times = `'2026-01-01T00:00:00.000Z'`;
  for (const [size, all] of [
    ['big', 'big_org'],
    ['small', 'small_org'],
  ]) {
    fill(`insert into organizations (environment_id, id, name, external_id, metadata, created_at, updated_at)
      select distinct @environment, ${all}, case when '${size}' = 'big' then 'Everybody' else 'Group ' || substr(${all}, -8) end,
        '${size}-' || substr(${all}, 5), '{}', ${times}, ${times} from person`);
    fill(`insert into organization_memberships (environment_id, id, user_id, user_email_normal, organization_id, status,
        roles, created_at, updated_at)
      select @environment, 'om_' || stem || '${size === 'big' ? 'A' : 'B'}', id, email_normal, ${all}, 'ACTIVE', '["member"]',
        created_at, created_at from person`);
  }
  for (const size of ['big', 'small']) {
    fill(`insert into applications (environment_id, id, client_id, name, description, kind, scopes, redirect_uris, uses_pkce,
        is_first_party, organization_id, created_at, updated_at)
      select distinct @environment, ${size}_app, 'client_' || substr(${size}_app, 10),
        case when '${size}' = 'big' then 'App' else 'Wiki ' || substr(${size}_app, -8) end, null, 'OAUTH', '["openid"]', '[]', 1,
        1, big_org, ${times}, ${times} from person`);
    fill(`insert into authorized_applications (environment_id, id, user_id, application_id, granted_scopes, resource, created_at)
      select @environment, 'authorized_connect_app_' || stem || '${size === 'big' ? 'A' : 'B'}', id, ${size}_app, '["openid"]', null,
        created_at from person`);
  }
  fillLog(fill);
  fill(`insert into api_keys (environment_id, id, name, secret_hash, hint, scopes, created_at)
    select @environment, 'api_key_' || stem || 'A', 'Key', 'hash-' || number, 'sk_test_…', '["users:read"]', created_at
    from person where number % ${USERS_PER_GROUP} = 1`);
  fillOnTheSide(fill);
  sqlite.exec('commit');
  sqlite.close();
}

/** Four events of each user, of three types, in the order of creation. */
function fillLog(fill: (sql: string) => void): void {
  const user = `json_object('id', id, 'email', email, 'emailVerified', json('true'), 'firstName', null, 'lastName', null,
    'name', null, 'locale', null, 'externalId', null, 'metadata', json('{}'), 'version', 1, 'createdAt', created_at,
    'updatedAt', created_at)`;
  const membership = `json_object('id', 'om_' || stem || 'A', 'userId', id, 'organizationId', big_org, 'status', 'ACTIVE',
    'roles', json('["member"]'), 'createdAt', created_at, 'updatedAt', created_at)`;
  const grant = `json_object('id', 'authorized_connect_app_' || stem || 'A', 'userId', id, 'applicationId', big_app,
    'grantedScopes', json('["openid"]'), 'createdAt', created_at)`;
  fill(`insert into events (environment_id, sequence, id, name, user_id, organization_id, actor_source, actor_id, actor_name,
      request_id, data, previous, created_at)
    select @environment, 4 * number - 3 + kind, 'event_' || stem || substr('ABCD', kind + 1, 1),
      case kind when 0 then 'user.created' when 1 then 'organization_membership.created'
        when 2 then 'authorized_application.created' else 'user.updated' end,
      id, case kind when 1 then big_org end, 'SYSTEM', 'town', 'town', 'town',
      case kind when 1 then ${membership} when 2 then ${grant} else ${user} end,
      case kind when 3 then '{"locale":null}' end, created_at
    from person cross join (select value as kind from json_each('[0,1,2,3]'))`);
  fill(`insert into event_sequences (environment_id, last, last_at, epoch)
    select @environment, 4 * count(*), max(created_at), '0' from person where true
    on conflict (environment_id) do update set last = excluded.last, last_at = excluded.last_at`);
}

/** Codes and their mails, sessions, staff, sign-in attempts, idempotency keys, a webhook endpoint and its deliveries. */
function fillOnTheSide(fill: (sql: string) => void): void {
  const some = `from person where number % 10 = 1`;
  fill(`insert into one_time_codes (environment_id, id, purpose, user_id, email, email_normal, attempts, expires_at, is_newest,
      created_at)
    select @environment, 'email_verification_' || stem || 'A', 'EMAIL_VERIFICATION', id, email, email_normal, 0,
      '2026-01-01T00:10:00.000Z', 1, created_at ${some}`);
  fill(`insert into mails (environment_id, id, template, user_id, code_id, recipient, state, attempts, next_attempt_at,
      expires_at, created_at, sent_at, purge_at)
    select @environment, 'mail_' || stem || 'A', 'email_verification', id, 'email_verification_' || stem || 'A', email, 'SENT', 1,
      created_at, '2026-01-01T00:10:00.000Z', created_at, created_at,
      case number when 1 then '2026-01-16T00:00:00.000Z' else '2030-01-01T00:00:00.000Z' end ${some}`);
  fill(`insert into sessions (environment_id, id, user_id, scopes, generation, refreshed_at, created_at, expires_at)
    select @environment, 'session_' || stem || 'A', id, '[]', 1, created_at, created_at, '2030-01-01T00:00:00.000Z' ${some}`);
  fill(`insert into staff_grants (environment_id, user_id, scopes, created_at)
    select @environment, id, '["users:read"]', created_at from person where number % 1000 = 1`);
  fill(`insert into sign_in_attempts (environment_id, bucket, started_at, attempts)
    select @environment, 'bucket-' || number, created_at, 1 ${some}`);
  fill(`insert into idempotency_keys (environment_id, key, operation, fingerprint, outcome, expires_at)
    select @environment, 'key-' || number, 'createUser', 'fingerprint', '{}', '2030-01-01T00:00:00.000Z' ${some}`);
  fill(`insert into webhook_endpoints (environment_id, id, url, types, is_enabled, secret, position, claims, attempts,
      next_attempt_at, created_at, updated_at)
    select @environment, 'we_' || stem || 'A', 'https://hook.example/' || number,
      '["user.created","user.updated","user.deleted"]', 1, x'00', 4 * (select count(*) from person), 0, 0,
      '2026-01-01T00:00:00.000Z', created_at, created_at from person where number <= 3`);
  fill(`insert into webhook_deliveries (environment_id, id, endpoint_id, event_id, sequence, attempt, status_code, duration_ms,
      created_at)
    select @environment, 'webhook_delivery_' || stem || 'A', (select min(id) from webhook_endpoints), 'event_' || stem || 'A',
      4 * number - 3, 1, 200, 5, created_at from person`);
}
