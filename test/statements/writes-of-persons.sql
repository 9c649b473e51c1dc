-- Made by "npm run statements". A statement is followed by its plan.

delete
  from sessions indexed by "sessions_by_user"
  where environment_id = ?
  and user_id = ?
  and expires_at < ?;
--   SEARCH sessions USING INDEX sessions_by_user (environment_id=? AND user_id=?)

delete
  from sign_in_attempts indexed by "sqlite_autoindex_sign_in_attempts_1"
  where environment_id = ?
  and bucket in ( select old.bucket
  from sign_in_attempts as old indexed by "sign_in_attempts_by_time"
  where old.environment_id = ?
  and old.started_at < ?
  order by old.started_at
  limit ?);
--   SEARCH sign_in_attempts USING COVERING INDEX sqlite_autoindex_sign_in_attempts_1 (environment_id=? AND bucket=?)
--   LIST SUBQUERY 1
--     SEARCH old USING INDEX sign_in_attempts_by_time (environment_id=? AND started_at<?)

insert into "passwords" ("environment_id", "user_id", "type", "hash", "salt_position", "updated_at")
  values (?, ?, ?, ?, ?, ?);


insert into "sessions" ("environment_id", "id", "user_id", "scopes", "generation", "refreshed_at", "created_at", "expires_at", "revoked_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?);


insert into "sign_in_attempts" ("environment_id", "bucket", "started_at", "attempts")
  values (?, ?, ?, ?)
  on conflict ("environment_id", "bucket") do update
  set "attempts" = case when sign_in_attempts.started_at <= ? then 1 else sign_in_attempts.attempts + 1 end, "started_at" = case when sign_in_attempts.started_at <= ? then excluded.started_at else sign_in_attempts.started_at end
  returning "attempts", "started_at";


insert into "signing_keys" ("environment_id", "id", "algorithm", "public_key", "private_key", "created_at", "retired_at")
  values (?, ?, ?, ?, ?, ?, ?);


select *
  from "passwords" indexed by "sqlite_autoindex_passwords_1"
  where environment_id = ?
  and "user_id" in (select value
  from json_each(?));
--   SEARCH passwords USING INDEX sqlite_autoindex_passwords_1 (environment_id=? AND user_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "sessions"
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH sessions USING INDEX sessions_id_unique (id=?)

select *
  from "signing_keys"
  where "environment_id" = ?
  and "retired_at" is null
  order by "id" desc;
--   SEARCH signing_keys USING INDEX sqlite_autoindex_signing_keys_1 (environment_id=?)

select *, null as "last_commit"
  from "signing_keys"
  where "id" = ?;
--   SEARCH signing_keys USING INDEX signing_keys_id_unique (id=?)

select environment_id
  from sessions indexed by "sessions_id_unique"
  where id = ?;
--   SEARCH sessions USING INDEX sessions_id_unique (id=?)

update "environments"
  set "sign_in" = ?
  where "id" = ?;
--   SEARCH environments USING INDEX sqlite_autoindex_environments_1 (id=?)

update "sessions"
  set "generation" = ?, "refreshed_at" = ?
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH sessions USING INDEX sessions_id_unique (id=?)

update "sessions"
  set "revoked_at" = ?
  where "environment_id" = ?
  and "id" = ?
  and "revoked_at" is null;
--   SEARCH sessions USING INDEX sessions_id_unique (id=?)

update "users"
  set "last_sign_in_at" = ?, "last_sign_in_order" = ?
  where "environment_id" = ?
  and "id" = ?
  returning *;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)

update "users"
  set "version" = ?
  where "environment_id" = ?
  and "id" = ?
  returning "search_number";
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
