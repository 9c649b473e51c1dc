-- Made by "npm run statements". A statement is followed by its plan.

delete
  from "issuers"
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH issuers USING INDEX sqlite_autoindex_issuers_1 (environment_id=? AND id=?)

delete
  from "signing_keys"
  where "environment_id" = ?
  and "retired_at" < ?;
--   SEARCH signing_keys USING INDEX sqlite_autoindex_signing_keys_1 (environment_id=?)

delete
  from "staff_grants"
  where "environment_id" = ?
  and "user_id" = ?;
--   SEARCH staff_grants USING INDEX sqlite_autoindex_staff_grants_1 (environment_id=? AND user_id=?)

delete
  from "user_imports"
  where "environment_id" = ?
  and "source" = ?
  and "format" = ?
  and "policy" = ?;
--   SEARCH user_imports USING INDEX sqlite_autoindex_user_imports_1 (environment_id=? AND source=? AND format=? AND policy=?)

insert into "issuers" ("environment_id", "id", "issuer", "audience", "algorithms", "jwks_url", "public_key", "subject", "scopes", "scopes_claim", "created_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);


insert into "staff_grants" ("environment_id", "user_id", "scopes", "created_at")
  values (?, ?, ?, ?)
  on conflict ("environment_id", "user_id") do update
  set "scopes" = ?, "created_at" = ?;


insert into "user_imports" ("environment_id", "source", "format", "policy", "rejects_file", "rejects_bytes", "pending_rejects", "position", "line", "created", "updated", "skipped", "refused", "started_at", "finished_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);


insert into event_sequences (environment_id, last, last_at, epoch) select id, 0, '', ?
  from environments
  where true
  on conflict (environment_id) do update
  set epoch = excluded.epoch;
--   SCAN environments USING COVERING INDEX sqlite_autoindex_environments_1

select *
  from "api_keys"
  where "environment_id" = ?
  order by "id";
--   SEARCH api_keys USING INDEX sqlite_autoindex_api_keys_1 (environment_id=?)

select *
  from "environments"
  where "name" > ?
  order by "name"
  limit ?;
--   SEARCH environments USING INDEX sqlite_autoindex_environments_2 (name>?)

select *
  from "issuers"
  where "environment_id" = ?
  order by "id"
  limit ?;
--   SEARCH issuers USING INDEX sqlite_autoindex_issuers_1 (environment_id=?)

select *
  from "mails"
  where "environment_id" = ?
  and "state" = ?
  order by "id" desc
  limit ?;
--   SEARCH mails USING INDEX mails_by_state (environment_id=? AND state=?)

select *
  from "signing_keys"
  where "environment_id" = ?
  and ("retired_at" is null or "retired_at" >= ?)
  order by "id" desc;
--   SEARCH signing_keys USING INDEX sqlite_autoindex_signing_keys_1 (environment_id=?)

select *
  from "staff_grants"
  where "environment_id" = ?
  order by "user_id"
  limit ?;
--   SEARCH staff_grants USING INDEX sqlite_autoindex_staff_grants_1 (environment_id=?)

select *
  from "user_imports"
  where "environment_id" = ?
  and "source" = ?
  and "format" = ?
  and "policy" = ?;
--   SEARCH user_imports USING INDEX sqlite_autoindex_user_imports_1 (environment_id=? AND source=? AND format=? AND policy=?)

select *, null as "last_commit"
  from "issuers"
  where "issuer" = ?
  limit ?;
--   SEARCH issuers USING INDEX issuers_issuer_unique (issuer=?)

select environment_id, id, email, email_normal
  from users indexed by "sqlite_autoindex_users_1"
  where (environment_id, id) > (?, ?)
  and ("email" glob '*[^ -~]*' or email like '%xn--%')
  order by environment_id, id
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 ((environment_id,id)>(?,?))

select value ->> 0 as "environmentId", value ->> 1 as id, other.id as "otherId"
  from json_each(?)
  cross join users as other indexed by "users_email_unique" on other.environment_id = value ->> 0
  and other.email_normal = value ->> 2;
--   SCAN json_each VIRTUAL TABLE INDEX 1:
--   SEARCH other USING INDEX users_email_unique (environment_id=? AND email_normal=?)

update "api_keys"
  set "replaced_by" = ?, "expires_at" = ?
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH api_keys USING INDEX sqlite_autoindex_api_keys_1 (environment_id=? AND id=?)

update "mails"
  set "state" = ?, "next_attempt_at" = ?, "purge_at" = ?
  where "environment_id" = ?
  and "id" = ?
  and "state" = ?
  and "expires_at" > ?;
--   SEARCH mails USING INDEX sqlite_autoindex_mails_1 (environment_id=? AND id=?)

update "signing_keys"
  set "retired_at" = ?
  where "environment_id" = ?
  and "retired_at" is null;
--   SEARCH signing_keys USING INDEX sqlite_autoindex_signing_keys_1 (environment_id=?)

update "user_imports"
  set "rejects_file" = ?, "rejects_bytes" = ?, "pending_rejects" = ?, "position" = ?, "line" = ?, "created" = ?, "updated" = ?, "skipped" = ?, "refused" = ?, "started_at" = ?, "finished_at" = ?
  where "environment_id" = ?
  and "source" = ?
  and "format" = ?
  and "policy" = ?
  and "line" = ?
  and "started_at" = ?;
--   SEARCH user_imports USING INDEX sqlite_autoindex_user_imports_1 (environment_id=? AND source=? AND format=? AND policy=?)
