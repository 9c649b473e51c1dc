-- Made by "npm run statements". A statement is followed by its plan.

select "users"."id" as "k0"
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id" desc
  limit 1 offset ?;
--   SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (environment_id=?)

select "users"."name_normal" as "k0", "users"."id" as "k1"
  from users indexed by "users_by_name"
  where users.environment_id = ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit 1 offset ?;
--   SEARCH users USING COVERING INDEX users_by_name (environment_id=?)

select (select count(*)
  from ( select 1
  from organization_memberships as hit indexed by "organization_memberships_user_unique"
  where hit.environment_id = ?
  and hit.organization_id = ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH hit USING COVERING INDEX organization_memberships_user_unique (environment_id=? AND organization_id=?)
--     SCAN row

select (select count(*)
  from ( select 1
  from user_metadata as hit
  where hit.environment_id = ?
  and hit.key = ?
  and hit.value = ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH hit USING PRIMARY KEY (environment_id=? AND key=? AND value=?)
--     SCAN row

select (select count(*)
  from ( select 1
  from user_metadata as hit
  where hit.environment_id = ?
  and hit.key = ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH hit USING PRIMARY KEY (environment_id=? AND key=?)
--     SCAN row

select (select count(*)
  from ( select 1
  from user_search as hit
  where hit.user_search match ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SCAN hit VIRTUAL TABLE INDEX 0:M1
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and "users"."id" < ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (environment_id=? AND id<?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and "users"."id" >= ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (environment_id=? AND id>?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_email_domain"
  where users.environment_id = ?
  and "users"."email_domain" = ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_email_domain (environment_id=? AND email_domain=?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_email_domain"
  where users.environment_id = ?
  and "users"."email_domain" >= ?
  and "users"."email_domain" < ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_email_domain (environment_id=? AND email_domain>? AND email_domain<?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" = ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_first_name (environment_id=? AND first_name_normal=?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" >= ?
  and "users"."first_name_normal" < ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_first_name (environment_id=? AND first_name_normal>? AND first_name_normal<?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  limit ?) as row) as "n0", (select count(*)
  from ( select 1
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" >= ?
  and "users"."name_normal" < ?
  limit ?) as row) as "n1";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--     SCAN row
--   SCALAR SUBQUERY 4
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_name (environment_id=? AND name_normal>? AND name_normal<?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" >= ?
  and "users"."last_name_normal" < ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_last_name (environment_id=? AND last_name_normal>? AND last_name_normal<?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and "users"."last_sign_in_order" >= ?
  and "users"."last_sign_in_order" < ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>? AND last_sign_in_order<?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and "users"."last_sign_in_order" >= ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and users.last_sign_in_order = ''
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order=?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and users.last_sign_in_order > ''
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" = ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_name (environment_id=? AND name_normal=?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" >= ?
  and "users"."name_normal" < ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_name (environment_id=? AND name_normal>? AND name_normal<?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_updated"
  where users.environment_id = ?
  and "users"."updated_at" < ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_updated (environment_id=? AND updated_at<?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_updated"
  where users.environment_id = ?
  and "users"."updated_at" >= ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_updated (environment_id=? AND updated_at>?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_by_verified"
  where users.environment_id = ?
  and users.email_verified = ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_by_verified (environment_id=? AND email_verified=?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_email_unique"
  where users.environment_id = ?
  and "users"."email_normal" >= ?
  and "users"."email_normal" < ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_email_unique (environment_id=? AND email_normal>? AND email_normal<?)
--     SCAN row

select (select count(*)
  from ( select 1
  from users indexed by "users_external_id_unique"
  where users.environment_id = ?
  and "users"."external_id" >= ?
  and "users"."external_id" < ?
  limit ?) as row) as "n0";
--   SCAN CONSTANT ROW
--   SCALAR SUBQUERY 2
--     CO-ROUTINE row
--       SEARCH users USING COVERING INDEX users_external_id_unique (environment_id=? AND external_id>? AND external_id<?)
--     SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select ((+"users"."last_name_normal" in (select value
  from json_each(?))) or (+"users"."name_normal" >= ?
  and +"users"."name_normal" < ?)) as meant, null as key
  from (select "users"."id" as id
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  union select "users"."id" as id
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" >= ?
  and "users"."name_normal" < ?) as hit
  cross join users indexed by "sqlite_autoindex_users_1" on users.environment_id = ?
  and users.id = hit.id
  where true
  limit ?) as row;
--   CO-ROUTINE row
--     CO-ROUTINE hit
--       MERGE (UNION)
--         LEFT
--           SEARCH users USING COVERING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--         RIGHT
--           SEARCH users USING COVERING INDEX users_by_name (environment_id=? AND name_normal>? AND name_normal<?)
--           USE TEMP B-TREE FOR ORDER BY
--     SCAN hit
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (+"users"."first_name_normal" in (select value
  from json_each(?)) or (+"users"."first_name_normal" = ''
  and users.first_name is not null)) as meant, "users"."id" as key
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX users_by_first_name (environment_id=? AND first_name_normal=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (+"users"."last_name_normal" in (select value
  from json_each(?)) or (+"users"."last_name_normal" = ''
  and users.last_name is not null)) as meant, "users"."id" as key
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (+"users"."name_normal" in (select value
  from json_each(?)) or (+"users"."name_normal" = ''
  and users.name is not null)) as meant, "users"."id" as key
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX users_by_name (environment_id=? AND name_normal=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (instr(+"users"."email_domain", ?) > 0) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (instr(+"users"."email_normal", ?) > 0) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (instr(+"users"."first_name_normal", ?) > 0) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (instr(+"users"."last_name_normal", ?) > 0) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (instr(+"users"."name_normal", ?) > 0) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (instr(coalesce(users.external_id, ''), ?) > 0) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (true) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (users.external_id is not null) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (users.first_name is not null) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (users.last_name is not null) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select (users.name is not null) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (+"users"."email_domain" in (select value
  from json_each(?))) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (+"users"."email_normal" in (select value
  from json_each(?))) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (+"users"."first_name_normal" in (select value
  from json_each(?)) or (+"users"."first_name_normal" = ''
  and users.first_name is not null)) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (+"users"."first_name_normal" in (select value
  from json_each(?))) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (+"users"."id" >= ?) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (+"users"."last_name_normal" in (select value
  from json_each(?)) or (+"users"."last_name_normal" = ''
  and users.last_name is not null)) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (+"users"."last_name_normal" in (select value
  from json_each(?))) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (+"users"."name_normal" in (select value
  from json_each(?)) or (+"users"."name_normal" = ''
  and users.name is not null)) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (+"users"."name_normal" in (select value
  from json_each(?))) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (coalesce(users.external_id, '') in (select value
  from json_each(?))) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--       CREATE BLOOM FILTER
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (true) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (users.external_id is not null) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (users.first_name is not null) as meant, "users"."id" as key
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX users_by_first_name (environment_id=? AND first_name_normal=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (users.last_name is not null) as meant, "users"."id" as key
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not (users.name is not null) as meant, "users"."id" as key
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX users_by_name (environment_id=? AND name_normal=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select not exists (select 1
  from json_each("users"."metadata") as member
  where member.key = ?) as meant, "users"."id" as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--     CORRELATED SCALAR SUBQUERY 1
--       SCAN member VIRTUAL TABLE INDEX 1:
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, "hit"."rowid" as key
  from user_search as hit
  where hit.user_search match ?
  order by "hit"."rowid"
  limit ?) as row;
--   CO-ROUTINE row
--     SCAN hit VIRTUAL TABLE INDEX 64:M1
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, "hit"."user_id" as key
  from user_metadata as hit
  where hit.environment_id = ?
  and hit.key = ?
  and hit.value = ?
  order by "hit"."user_id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH hit USING PRIMARY KEY (environment_id=? AND key=? AND value=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, "users"."id" as key
  from users indexed by "users_by_email_domain"
  where users.environment_id = ?
  and "users"."email_domain" = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_email_domain (environment_id=? AND email_domain=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, "users"."id" as key
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_first_name (environment_id=? AND first_name_normal=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, "users"."id" as key
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, "users"."id" as key
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and users.last_sign_in_order = ''
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, "users"."id" as key
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" = ?
  order by "users"."id"
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_name (environment_id=? AND name_normal=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from user_metadata as hit
  where hit.environment_id = ?
  and hit.key = ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH hit USING PRIMARY KEY (environment_id=? AND key=?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and "users"."id" < ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (environment_id=? AND id<?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and "users"."id" >= ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (environment_id=? AND id>?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and "users"."id" in (select value
  from json_each(?))
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_by_email_domain"
  where users.environment_id = ?
  and "users"."email_domain" >= ?
  and "users"."email_domain" < ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_email_domain (environment_id=? AND email_domain>? AND email_domain<?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" >= ?
  and "users"."first_name_normal" < ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_first_name (environment_id=? AND first_name_normal>? AND first_name_normal<?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" >= ?
  and "users"."last_name_normal" < ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_last_name (environment_id=? AND last_name_normal>? AND last_name_normal<?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and "users"."last_sign_in_order" >= ?
  and "users"."last_sign_in_order" < ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>? AND last_sign_in_order<?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and "users"."last_sign_in_order" >= ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and users.last_sign_in_order > ''
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" >= ?
  and "users"."name_normal" < ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_name (environment_id=? AND name_normal>? AND name_normal<?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_by_updated"
  where users.environment_id = ?
  and "users"."updated_at" < ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_updated (environment_id=? AND updated_at<?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_by_updated"
  where users.environment_id = ?
  and "users"."updated_at" >= ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_by_updated (environment_id=? AND updated_at>?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_email_unique"
  where users.environment_id = ?
  and "users"."email_normal" >= ?
  and "users"."email_normal" < ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_email_unique (environment_id=? AND email_normal>? AND email_normal<?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_email_unique"
  where users.environment_id = ?
  and "users"."email_normal" in (select value
  from json_each(?))
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_email_unique (environment_id=? AND email_normal=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_external_id_unique"
  where users.environment_id = ?
  and "users"."external_id" >= ?
  and "users"."external_id" < ?
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_external_id_unique (environment_id=? AND external_id>? AND external_id<?)
--   SCAN row

select count(*) as examined, count(*) filter (where meant) as total, max(key) as last
  from ( select true as meant, null as key
  from users indexed by "users_external_id_unique"
  where users.environment_id = ?
  and "users"."external_id" in (select value
  from json_each(?))
  limit ?) as row;
--   CO-ROUTINE row
--     SEARCH users USING COVERING INDEX users_external_id_unique (environment_id=? AND external_id=?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--   SCAN row

select max("number") as "number"
  from "search_spaces"
  where "environment_id" = ?;
--   SEARCH search_spaces USING COVERING INDEX sqlite_autoindex_search_spaces_1 (environment_id=?)

select sum("users") as "total"
  from "organization_totals"
  where "environment_id" = ?
  and "organization_id" = ?;
--   SEARCH organization_totals USING PRIMARY KEY (environment_id=? AND organization_id=?)

select sum("users") as "total"
  from "user_totals"
  where "environment_id" = ?
  and "email_verified" = ?;
--   SEARCH user_totals USING PRIMARY KEY (environment_id=? AND email_verified=?)

select users.*
  from (select "users"."id" as id
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  union select "users"."id" as id
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" >= ?
  and "users"."name_normal" < ?) as hit
  cross join users indexed by "sqlite_autoindex_users_1" on users.environment_id = ?
  and users.id = hit.id
  where true
  and ((+"users"."last_name_normal" in (select value
  from json_each(?))) or (+"users"."name_normal" >= ?
  and +"users"."name_normal" < ?))
  order by "users"."id" desc
  limit ?;
--   CO-ROUTINE hit
--     MERGE (UNION)
--       LEFT
--         SEARCH users USING COVERING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--       RIGHT
--         SEARCH users USING COVERING INDEX users_by_name (environment_id=? AND name_normal>? AND name_normal<?)
--         USE TEMP B-TREE FOR ORDER BY
--   SCAN hit
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 3
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from (select "users"."id" as id
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  union select "users"."id" as id
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" >= ?
  and "users"."name_normal" < ?) as hit
  cross join users indexed by "sqlite_autoindex_users_1" on users.environment_id = ?
  and users.id = hit.id
  where true
  and ((+"users"."last_name_normal" in (select value
  from json_each(?))) or (+"users"."name_normal" >= ?
  and +"users"."name_normal" < ?))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   CO-ROUTINE hit
--     MERGE (UNION)
--       LEFT
--         SEARCH users USING COVERING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--       RIGHT
--         SEARCH users USING COVERING INDEX users_by_name (environment_id=? AND name_normal>? AND name_normal<?)
--         USE TEMP B-TREE FOR ORDER BY
--   SCAN hit
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 3
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from organization_memberships as hit indexed by "organization_memberships_user_unique"
  cross join users indexed by "sqlite_autoindex_users_1" on users.environment_id = ?
  and users.id = hit.user_id
  where hit.environment_id = ?
  and hit.organization_id = ?
  order by "hit"."user_id" desc
  limit ?;
--   SEARCH hit USING COVERING INDEX organization_memberships_user_unique (environment_id=? AND organization_id=?)
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)

select users.*
  from organization_memberships as hit indexed by "organization_memberships_user_unique"
  cross join users indexed by "sqlite_autoindex_users_1" on users.environment_id = ?
  and users.id = hit.user_id
  where hit.environment_id = ?
  and hit.organization_id = ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH hit USING COVERING INDEX organization_memberships_user_unique (environment_id=? AND organization_id=?)
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from user_metadata as hit
  cross join users indexed by "sqlite_autoindex_users_1" on users.environment_id = ?
  and users.id = hit.user_id
  where hit.environment_id = ?
  and hit.key = ?
  and hit.value = ?
  order by "hit"."user_id" desc
  limit ?;
--   SEARCH hit USING PRIMARY KEY (environment_id=? AND key=? AND value=?)
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)

select users.*
  from user_metadata as hit
  cross join users indexed by "sqlite_autoindex_users_1" on users.environment_id = ?
  and users.id = hit.user_id
  where hit.environment_id = ?
  and hit.key = ?
  and hit.value = ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH hit USING PRIMARY KEY (environment_id=? AND key=? AND value=?)
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from user_metadata as hit
  cross join users indexed by "sqlite_autoindex_users_1" on users.environment_id = ?
  and users.id = hit.user_id
  where hit.environment_id = ?
  and hit.key = ?
  order by "users"."id" desc
  limit ?;
--   SEARCH hit USING PRIMARY KEY (environment_id=? AND key=?)
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from user_metadata as hit
  cross join users indexed by "sqlite_autoindex_users_1" on users.environment_id = ?
  and users.id = hit.user_id
  where hit.environment_id = ?
  and hit.key = ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH hit USING PRIMARY KEY (environment_id=? AND key=?)
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from user_search as hit
  cross join users indexed by "users_search_number_unique" on users.environment_id = ?
  and users.search_number = "hit"."rowid"
  where hit.user_search match ?
  order by "hit"."rowid" desc
  limit ?;
--   SCAN hit VIRTUAL TABLE INDEX 192:M1
--   SEARCH users USING INDEX users_search_number_unique (environment_id=? AND search_number=?)

select users.*
  from user_search as hit
  cross join users indexed by "users_search_number_unique" on users.environment_id = ?
  and users.search_number = "hit"."rowid"
  where hit.user_search match ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SCAN hit VIRTUAL TABLE INDEX 0:M1
--   SEARCH users USING INDEX users_search_number_unique (environment_id=? AND search_number=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and "users"."id" < ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and "users"."id" >= ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id>?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and "users"."id" in (select value
  from json_each(?))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and "users"."id" in (select value
  from json_each(?))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and ("users"."id") < (?)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id<?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and ("users"."id") > (?)
  order by "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id>?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and ("users"."id") >= (?)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id>?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (instr(+"users"."email_domain", ?) > 0)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (instr(+"users"."email_normal", ?) > 0)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (instr(+"users"."first_name_normal", ?) > 0)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (instr(+"users"."last_name_normal", ?) > 0)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (instr(+"users"."name_normal", ?) > 0)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (instr(coalesce(users.external_id, ''), ?) > 0)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (true)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (users.external_id is not null)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (users.first_name is not null)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (users.last_name is not null)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and (users.name is not null)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (+"users"."email_domain" in (select value
  from json_each(?)))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (+"users"."email_normal" in (select value
  from json_each(?)))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (+"users"."first_name_normal" in (select value
  from json_each(?)) or (+"users"."first_name_normal" = ''
  and users.first_name is not null))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (+"users"."first_name_normal" in (select value
  from json_each(?)))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (+"users"."id" >= ?)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (+"users"."last_name_normal" in (select value
  from json_each(?)) or (+"users"."last_name_normal" = ''
  and users.last_name is not null))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (+"users"."last_name_normal" in (select value
  from json_each(?)))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (+"users"."name_normal" in (select value
  from json_each(?)) or (+"users"."name_normal" = ''
  and users.name is not null))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (+"users"."name_normal" in (select value
  from json_each(?)))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (coalesce(users.external_id, '') in (select value
  from json_each(?)))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (true)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not (users.external_id is not null)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  and not exists (select 1
  from json_each("users"."metadata") as member
  where member.key = ?)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
--   CORRELATED SCALAR SUBQUERY 1
--     SCAN member VIRTUAL TABLE INDEX 1:

select users.*
  from users indexed by "users_by_email_domain"
  where users.environment_id = ?
  and "users"."email_domain" = ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_email_domain (environment_id=? AND email_domain=?)

select users.*
  from users indexed by "users_by_email_domain"
  where users.environment_id = ?
  and "users"."email_domain" = ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_email_domain (environment_id=? AND email_domain=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_email_domain"
  where users.environment_id = ?
  and "users"."email_domain" >= ?
  and "users"."email_domain" < ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_email_domain (environment_id=? AND email_domain>? AND email_domain<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_email_domain"
  where users.environment_id = ?
  and "users"."email_domain" >= ?
  and "users"."email_domain" < ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_email_domain (environment_id=? AND email_domain>? AND email_domain<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" = ?
  and (+"users"."first_name_normal" in (select value
  from json_each(?)) or (+"users"."first_name_normal" = ''
  and users.first_name is not null))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_first_name (environment_id=? AND first_name_normal=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" = ?
  and (+"users"."first_name_normal" in (select value
  from json_each(?)) or (+"users"."first_name_normal" = ''
  and users.first_name is not null))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_first_name (environment_id=? AND first_name_normal=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" = ?
  and not (users.first_name is not null)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_first_name (environment_id=? AND first_name_normal=?)

select users.*
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" = ?
  and not (users.first_name is not null)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_first_name (environment_id=? AND first_name_normal=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" = ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_first_name (environment_id=? AND first_name_normal=?)

select users.*
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" = ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_first_name (environment_id=? AND first_name_normal=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" >= ?
  and "users"."first_name_normal" < ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_first_name (environment_id=? AND first_name_normal>? AND first_name_normal<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_first_name"
  where users.environment_id = ?
  and "users"."first_name_normal" >= ?
  and "users"."first_name_normal" < ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_first_name (environment_id=? AND first_name_normal>? AND first_name_normal<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  and (+"users"."last_name_normal" in (select value
  from json_each(?)) or (+"users"."last_name_normal" = ''
  and users.last_name is not null))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  and (+"users"."last_name_normal" in (select value
  from json_each(?)) or (+"users"."last_name_normal" = ''
  and users.last_name is not null))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  and not (users.last_name is not null)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)

select users.*
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  and not (users.last_name is not null)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)

select users.*
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" = ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_last_name (environment_id=? AND last_name_normal=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" >= ?
  and "users"."last_name_normal" < ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_last_name (environment_id=? AND last_name_normal>? AND last_name_normal<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_name"
  where users.environment_id = ?
  and "users"."last_name_normal" >= ?
  and "users"."last_name_normal" < ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_last_name (environment_id=? AND last_name_normal>? AND last_name_normal<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and "users"."last_sign_in_order" >= ?
  and "users"."last_sign_in_order" < ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>? AND last_sign_in_order<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and "users"."last_sign_in_order" >= ?
  and "users"."last_sign_in_order" < ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>? AND last_sign_in_order<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and "users"."last_sign_in_order" >= ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and "users"."last_sign_in_order" >= ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and users.last_sign_in_order = ''
  and ("users"."id") > (?)
  order by "users"."last_sign_in_order" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order=? AND id>?)

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and users.last_sign_in_order = ''
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order=?)

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and users.last_sign_in_order = ''
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and users.last_sign_in_order > ''
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  and users.last_sign_in_order > ''
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=? AND last_sign_in_order>?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  order by "users"."last_sign_in_order" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=?)

select users.*
  from users indexed by "users_by_last_sign_in"
  where users.environment_id = ?
  order by "users"."last_sign_in_order" desc, "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_last_sign_in (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" = ?
  and (+"users"."name_normal" in (select value
  from json_each(?)) or (+"users"."name_normal" = ''
  and users.name is not null))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=? AND name_normal=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" = ?
  and (+"users"."name_normal" in (select value
  from json_each(?)) or (+"users"."name_normal" = ''
  and users.name is not null))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=? AND name_normal=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" = ?
  and not (users.name is not null)
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=? AND name_normal=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" = ?
  and not (users.name is not null)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=? AND name_normal=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" = ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=? AND name_normal=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" = ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=? AND name_normal=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and "users"."name_normal" >= ?
  and "users"."name_normal" < ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=? AND name_normal>? AND name_normal<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and ("users"."name_normal") >= (?)
  and ("users"."name_normal") < (?)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=? AND name_normal>? AND name_normal<?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (instr(+"users"."email_domain", ?) > 0)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (instr(+"users"."email_normal", ?) > 0)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (instr(+"users"."first_name_normal", ?) > 0)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (instr(+"users"."last_name_normal", ?) > 0)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (instr(+"users"."name_normal", ?) > 0)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (instr(coalesce(users.external_id, ''), ?) > 0)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (true)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (users.external_id is not null)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (users.first_name is not null)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (users.last_name is not null)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and (users.name is not null)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (+"users"."email_domain" in (select value
  from json_each(?)))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (+"users"."email_normal" in (select value
  from json_each(?)))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (+"users"."first_name_normal" in (select value
  from json_each(?)) or (+"users"."first_name_normal" = ''
  and users.first_name is not null))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (+"users"."first_name_normal" in (select value
  from json_each(?)))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (+"users"."id" >= ?)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (+"users"."last_name_normal" in (select value
  from json_each(?)) or (+"users"."last_name_normal" = ''
  and users.last_name is not null))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (+"users"."last_name_normal" in (select value
  from json_each(?)))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (+"users"."name_normal" in (select value
  from json_each(?)) or (+"users"."name_normal" = ''
  and users.name is not null))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (+"users"."name_normal" in (select value
  from json_each(?)))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (coalesce(users.external_id, '') in (select value
  from json_each(?)))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (true)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not (users.external_id is not null)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  and not exists (select 1
  from json_each("users"."metadata") as member
  where member.key = ?)
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)
--   CORRELATED SCALAR SUBQUERY 1
--     SCAN member VIRTUAL TABLE INDEX 1:

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_name"
  where users.environment_id = ?
  order by "users"."name_normal" desc, "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_name (environment_id=?)

select users.*
  from users indexed by "users_by_updated"
  where users.environment_id = ?
  and "users"."updated_at" < ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_updated (environment_id=? AND updated_at<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_updated"
  where users.environment_id = ?
  and "users"."updated_at" < ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_updated (environment_id=? AND updated_at<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_updated"
  where users.environment_id = ?
  and "users"."updated_at" >= ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_updated (environment_id=? AND updated_at>?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_updated"
  where users.environment_id = ?
  and "users"."updated_at" >= ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_updated (environment_id=? AND updated_at>?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_by_updated"
  where users.environment_id = ?
  order by "users"."updated_at" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_updated (environment_id=?)

select users.*
  from users indexed by "users_by_updated"
  where users.environment_id = ?
  order by "users"."updated_at" desc, "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_updated (environment_id=?)

select users.*
  from users indexed by "users_by_verified"
  where users.environment_id = ?
  and users.email_verified = ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_by_verified (environment_id=? AND email_verified=?)

select users.*
  from users indexed by "users_by_verified"
  where users.environment_id = ?
  and users.email_verified = ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_by_verified (environment_id=? AND email_verified=?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_email_unique"
  where users.environment_id = ?
  and "users"."email_normal" >= ?
  and "users"."email_normal" < ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_email_unique (environment_id=? AND email_normal>? AND email_normal<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_email_unique"
  where users.environment_id = ?
  and "users"."email_normal" >= ?
  and "users"."email_normal" < ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_email_unique (environment_id=? AND email_normal>? AND email_normal<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_email_unique"
  where users.environment_id = ?
  and "users"."email_normal" in (select value
  from json_each(?))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_email_unique (environment_id=? AND email_normal=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_email_unique"
  where users.environment_id = ?
  and "users"."email_normal" in (select value
  from json_each(?))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_email_unique (environment_id=? AND email_normal=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_email_unique"
  where users.environment_id = ?
  order by "users"."email_normal" asc
  limit ?;
--   SEARCH users USING INDEX users_email_unique (environment_id=?)

select users.*
  from users indexed by "users_email_unique"
  where users.environment_id = ?
  order by "users"."email_normal" desc
  limit ?;
--   SEARCH users USING INDEX users_email_unique (environment_id=?)

select users.*
  from users indexed by "users_external_id_unique"
  where users.environment_id = ?
  and "users"."external_id" >= ?
  and "users"."external_id" < ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_external_id_unique (environment_id=? AND external_id>? AND external_id<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_external_id_unique"
  where users.environment_id = ?
  and "users"."external_id" >= ?
  and "users"."external_id" < ?
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_external_id_unique (environment_id=? AND external_id>? AND external_id<?)
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_external_id_unique"
  where users.environment_id = ?
  and "users"."external_id" in (select value
  from json_each(?))
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX users_external_id_unique (environment_id=? AND external_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--   USE TEMP B-TREE FOR ORDER BY

select users.*
  from users indexed by "users_external_id_unique"
  where users.environment_id = ?
  and "users"."external_id" in (select value
  from json_each(?))
  order by "users"."name_normal" asc, "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX users_external_id_unique (environment_id=? AND external_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--   USE TEMP B-TREE FOR ORDER BY
