-- Made by "npm run statements". A statement is followed by its plan.

insert into "api_keys" ("environment_id", "id", "name", "secret_hash", "hint", "scopes", "created_at", "revoked_at", "expires_at", "last_used_at", "replaced_by")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);


insert into "events" ("environment_id", "id", "name", "user_id", "organization_id", "actor_source", "actor_id", "actor_name", "request_id", "api", "data", "previous", "sequence", "created_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? + (select last
  from event_sequences
  where environment_id = ?), (select last_at
  from event_sequences
  where environment_id = ?));
--   SCALAR SUBQUERY 1
--     SEARCH event_sequences USING INDEX sqlite_autoindex_event_sequences_1 (environment_id=?)
--   SCALAR SUBQUERY 2
--     SEARCH event_sequences USING INDEX sqlite_autoindex_event_sequences_1 (environment_id=?)

insert into event_sequences (environment_id, last, last_at, epoch)
  values (?, ?, ?, ?)
  on conflict (environment_id) do update
  set last = event_sequences.last + excluded.last, last_at = max("event_sequences"."last_at", "excluded"."last_at");


select "id", "id", "email", "email_verified", "first_name", "last_name", "name", "profile_picture_url", "last_sign_in_at", "external_id", "metadata", "locale", "created_at", "updated_at"
  from "users" indexed by "sqlite_autoindex_users_1"
  where environment_id = ?
  and "id" = ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)

select "sequence"
  from "events"
  where "events"."environment_id" = ?
  and events.organization_id = ?
  order by "events"."sequence" asc
  limit ? offset ?;
--   SEARCH events USING COVERING INDEX events_by_organization (environment_id=? AND organization_id=?)

select *
  from "environments"
  where "name" = ?;
--   SEARCH environments USING INDEX sqlite_autoindex_environments_2 (name=?)

select *
  from "events"
  where "events"."environment_id" = ?
  and events.organization_id = ?
  and +"events"."name" in (select value
  from json_each(?))
  order by "events"."sequence" asc
  limit ?;
--   SEARCH events USING INDEX events_by_organization (environment_id=? AND organization_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select *
  from "events"
  where "events"."environment_id" = ?
  and true
  and ("events"."sequence") < (?)
  order by "events"."sequence" desc
  limit ?;
--   SEARCH events USING INDEX sqlite_autoindex_events_1 (environment_id=? AND sequence<?)

select *
  from organization_memberships indexed by "organization_memberships_by_organization"
  where environment_id = ?
  and organization_id = ?
  order by "id" desc
  limit ?;
--   SEARCH organization_memberships USING INDEX organization_memberships_by_organization (environment_id=? AND organization_id=?)

select *
  from organization_memberships indexed by "organization_memberships_by_status"
  where environment_id = ?
  and organization_id = ?
  and status = ?
  order by "id" desc
  limit ?;
--   SEARCH organization_memberships USING INDEX organization_memberships_by_status (environment_id=? AND organization_id=? AND status=?)

select *
  from organization_memberships indexed by "organization_memberships_by_user"
  where environment_id = ?
  and user_id = ?
  and organization_id = ?
  and "status" in (select value
  from json_each(?))
  order by "id" desc
  limit ?;
--   SEARCH organization_memberships USING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select *
  from organization_memberships indexed by "organization_memberships_by_user"
  where environment_id = ?
  and user_id = ?
  order by "id" desc
  limit ?;
--   SEARCH organization_memberships USING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)

select item.*
  from json_each(?) as parent
  cross join "sessions" as item indexed by "sqlite_autoindex_sessions_1" on item.environment_id = ?
  and "item"."id" in ( select "slice"."id"
  from "sessions" as slice indexed by "sessions_by_user"
  where slice.environment_id = ?
  and "slice"."user_id" = parent.value
  order by "slice"."id" desc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_sessions_1 (environment_id=? AND id=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX sessions_by_user (environment_id=? AND user_id=?)

update "api_keys"
  set "last_used_at" = ?
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH api_keys USING INDEX sqlite_autoindex_api_keys_1 (environment_id=? AND id=?)
