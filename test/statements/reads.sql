-- Made by "npm run statements". A statement is followed by its plan.

select "epoch", "last", "removed"
  from "event_sequences"
  where "environment_id" = ?;
--   SEARCH event_sequences USING INDEX sqlite_autoindex_event_sequences_1 (environment_id=?)

select "organization_id", "users"
  from "organization_totals"
  where "environment_id" = ?
  and "organization_id" in (select value
  from json_each(?));
--   SEARCH organization_totals USING PRIMARY KEY (environment_id=? AND organization_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select "sequence"
  from "events"
  where "environment_id" = ?
  and "created_at" >= ?
  order by "created_at", "sequence"
  limit ?;
--   SEARCH events USING COVERING INDEX events_by_time (environment_id=? AND created_at>?)

select "sequence"
  from "events"
  where "events"."environment_id" = ?
  and events.user_id = ?
  order by "events"."sequence" asc
  limit ? offset ?;
--   SEARCH events USING COVERING INDEX events_by_user (environment_id=? AND user_id=?)

select "user_id" as parent, count(*) as total
  from "authorized_applications" indexed by "authorized_applications_by_user"
  where environment_id = ?
  and "user_id" in (select value
  from json_each(?))
  group by "user_id";
--   SEARCH authorized_applications USING COVERING INDEX authorized_applications_by_user (environment_id=? AND user_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select "user_id" as parent, count(*) as total
  from "organization_memberships" indexed by "organization_memberships_by_user"
  where environment_id = ?
  and "user_id" in (select value
  from json_each(?))
  group by "user_id";
--   SEARCH organization_memberships USING COVERING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "api_keys"
  where "environment_id" = ?
  order by "api_keys"."id" asc
  limit ?;
--   SEARCH api_keys USING INDEX sqlite_autoindex_api_keys_1 (environment_id=?)

select *
  from "api_keys"
  where "environment_id" = ?
  order by "api_keys"."id" desc
  limit ?;
--   SEARCH api_keys USING INDEX sqlite_autoindex_api_keys_1 (environment_id=?)

select *
  from "api_keys" indexed by "sqlite_autoindex_api_keys_1"
  where environment_id = ?
  and "id" in (select value
  from json_each(?));
--   SEARCH api_keys USING INDEX sqlite_autoindex_api_keys_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "applications"
  where "environment_id" = ?
  and "organization_id" = ?
  order by "applications"."id" desc
  limit ?;
--   SEARCH applications USING INDEX applications_by_organization (environment_id=? AND organization_id=?)

select *
  from "applications"
  where "environment_id" = ?
  and name = ?
  order by "applications"."id" desc
  limit ?;
--   SEARCH applications USING INDEX applications_by_name (environment_id=? AND name=?)

select *
  from "applications"
  where "environment_id" = ?
  order by "applications"."id" asc
  limit ?;
--   SEARCH applications USING INDEX sqlite_autoindex_applications_1 (environment_id=?)

select *
  from "applications"
  where "environment_id" = ?
  order by "applications"."id" desc
  limit ?;
--   SEARCH applications USING INDEX sqlite_autoindex_applications_1 (environment_id=?)

select *
  from "applications" indexed by "applications_client_id_unique"
  where environment_id = ?
  and "client_id" in (select value
  from json_each(?));
--   SEARCH applications USING INDEX applications_client_id_unique (environment_id=? AND client_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "applications" indexed by "sqlite_autoindex_applications_1"
  where environment_id = ?
  and "id" in (select value
  from json_each(?));
--   SEARCH applications USING INDEX sqlite_autoindex_applications_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "authorized_applications" indexed by "sqlite_autoindex_authorized_applications_1"
  where environment_id = ?
  and "id" in (select value
  from json_each(?));
--   SEARCH authorized_applications USING INDEX sqlite_autoindex_authorized_applications_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "environments"
  where "id" = ?;
--   SEARCH environments USING INDEX sqlite_autoindex_environments_1 (id=?)

select *
  from "events"
  where "events"."environment_id" = ?
  and events.organization_id = ?
  order by "events"."sequence" asc
  limit ?;
--   SEARCH events USING INDEX events_by_organization (environment_id=? AND organization_id=?)

select *
  from "events"
  where "events"."environment_id" = ?
  and events.user_id = ?
  and +"events"."name" in (select value
  from json_each(?))
  order by "events"."sequence" asc
  limit ?;
--   SEARCH events USING INDEX events_by_user (environment_id=? AND user_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:
--     CREATE BLOOM FILTER

select *
  from "events"
  where "events"."environment_id" = ?
  and events.user_id = ?
  order by "events"."sequence" asc
  limit ?;
--   SEARCH events USING INDEX events_by_user (environment_id=? AND user_id=?)

select *
  from "events"
  where "events"."environment_id" = ?
  and true
  and ("events"."sequence") > (?)
  order by "events"."sequence" asc
  limit ?;
--   SEARCH events USING INDEX sqlite_autoindex_events_1 (environment_id=? AND sequence>?)

select *
  from "events"
  where "events"."environment_id" = ?
  and true
  order by "events"."sequence" asc
  limit ?;
--   SEARCH events USING INDEX sqlite_autoindex_events_1 (environment_id=?)

select *
  from "events"
  where "events"."environment_id" = ?
  and true
  order by "events"."sequence" desc
  limit ?;
--   SEARCH events USING INDEX sqlite_autoindex_events_1 (environment_id=?)

select *
  from "events" indexed by "events_id_unique"
  where environment_id = ?
  and "id" in (select value
  from json_each(?));
--   SEARCH events USING INDEX events_id_unique (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "mails" indexed by "mails_code_unique"
  where environment_id = ?
  and "code_id" in (select value
  from json_each(?));
--   SEARCH mails USING INDEX mails_code_unique (environment_id=? AND code_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "one_time_codes" indexed by "sqlite_autoindex_one_time_codes_1"
  where environment_id = ?
  and "id" in (select value
  from json_each(?));
--   SEARCH one_time_codes USING INDEX sqlite_autoindex_one_time_codes_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "organization_memberships" indexed by "sqlite_autoindex_organization_memberships_1"
  where environment_id = ?
  and "id" in (select value
  from json_each(?));
--   SEARCH organization_memberships USING INDEX sqlite_autoindex_organization_memberships_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "organizations"
  where "environment_id" = ?
  and "external_id" = ?
  order by "organizations"."id" desc
  limit ?;
--   SEARCH organizations USING INDEX organizations_external_id_unique (environment_id=? AND external_id=?)

select *
  from "organizations"
  where "environment_id" = ?
  and name = ?
  order by "organizations"."id" desc
  limit ?;
--   SEARCH organizations USING INDEX organizations_by_name (environment_id=? AND name=?)

select *
  from "organizations"
  where "environment_id" = ?
  order by "organizations"."id" asc
  limit ?;
--   SEARCH organizations USING INDEX sqlite_autoindex_organizations_1 (environment_id=?)

select *
  from "organizations"
  where "environment_id" = ?
  order by "organizations"."id" desc
  limit ?;
--   SEARCH organizations USING INDEX sqlite_autoindex_organizations_1 (environment_id=?)

select *
  from "organizations" indexed by "organizations_external_id_unique"
  where environment_id = ?
  and "external_id" in (select value
  from json_each(?));
--   SEARCH organizations USING INDEX organizations_external_id_unique (environment_id=? AND external_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "organizations" indexed by "sqlite_autoindex_organizations_1"
  where environment_id = ?
  and "id" in (select value
  from json_each(?));
--   SEARCH organizations USING INDEX sqlite_autoindex_organizations_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "users" indexed by "sqlite_autoindex_users_1"
  where environment_id = ?
  and "id" in (select value
  from json_each(?));
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "users" indexed by "users_email_unique"
  where environment_id = ?
  and "email_normal" in (select value
  from json_each(?));
--   SEARCH users USING INDEX users_email_unique (environment_id=? AND email_normal=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "users" indexed by "users_external_id_unique"
  where environment_id = ?
  and "external_id" in (select value
  from json_each(?));
--   SEARCH users USING INDEX users_external_id_unique (environment_id=? AND external_id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "webhook_deliveries" indexed by "sqlite_autoindex_webhook_deliveries_1"
  where environment_id = ?
  and "id" in (select value
  from json_each(?));
--   SEARCH webhook_deliveries USING INDEX sqlite_autoindex_webhook_deliveries_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *
  from "webhook_endpoints"
  where "environment_id" = ?
  and "deleted_at" is null
  order by "webhook_endpoints"."id" asc
  limit ?;
--   SEARCH webhook_endpoints USING INDEX sqlite_autoindex_webhook_endpoints_1 (environment_id=?)

select *
  from "webhook_endpoints"
  where "environment_id" = ?
  and "deleted_at" is null
  order by "webhook_endpoints"."id" desc
  limit ?;
--   SEARCH webhook_endpoints USING INDEX sqlite_autoindex_webhook_endpoints_1 (environment_id=?)

select *
  from "webhook_endpoints" indexed by "sqlite_autoindex_webhook_endpoints_1"
  where environment_id = ?
  and "id" in (select value
  from json_each(?));
--   SEARCH webhook_endpoints USING INDEX sqlite_autoindex_webhook_endpoints_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SCAN json_each VIRTUAL TABLE INDEX 1:

select *, null as last_commit
  from api_keys indexed by "api_keys_by_secret_hash"
  where secret_hash = ?;
--   SEARCH api_keys USING INDEX api_keys_by_secret_hash (secret_hash=?)

select count(*) as "total"
  from "webhook_endpoints"
  where "environment_id" = ?
  and "deleted_at" is null;
--   SEARCH webhook_endpoints USING INDEX webhook_endpoints_url_unique (environment_id=?)

select count(*) as "total"
  from (select 1 as "counted"
  from "applications"
  where "environment_id" = ?
  and "organization_id" = ?
  limit ?) as "one";
--   CO-ROUTINE one
--     SEARCH applications USING COVERING INDEX applications_by_organization (environment_id=? AND organization_id=?)
--   SCAN one

select count(*) as "total"
  from (select 1 as "counted"
  from "applications"
  where "environment_id" = ?
  and name = ?
  limit ?) as "one";
--   CO-ROUTINE one
--     SEARCH applications USING COVERING INDEX applications_by_name (environment_id=? AND name=?)
--   SCAN one

select count(*) as "total"
  from (select 1 as "counted"
  from "organizations"
  where "environment_id" = ?
  and "external_id" = ?
  limit ?) as "one";
--   CO-ROUTINE one
--     SEARCH organizations USING COVERING INDEX organizations_external_id_unique (environment_id=? AND external_id=?)
--   SCAN one

select count(*) as "total"
  from (select 1 as "counted"
  from "organizations"
  where "environment_id" = ?
  and name = ?
  limit ?) as "one";
--   CO-ROUTINE one
--     SEARCH organizations USING COVERING INDEX organizations_by_name (environment_id=? AND name=?)
--   SCAN one

select item.*
  from json_each(?) as parent
  cross join "authorized_applications" as item indexed by "sqlite_autoindex_authorized_applications_1" on item.environment_id = ?
  and "item"."id" in ( select "slice"."id"
  from "authorized_applications" as slice indexed by "authorized_applications_by_user"
  where slice.environment_id = ?
  and "slice"."user_id" = parent.value
  order by "slice"."id" asc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_authorized_applications_1 (environment_id=? AND id=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX authorized_applications_by_user (environment_id=? AND user_id=?)

select item.*
  from json_each(?) as parent
  cross join "authorized_applications" as item indexed by "sqlite_autoindex_authorized_applications_1" on item.environment_id = ?
  and "item"."id" in ( select "slice"."id"
  from "authorized_applications" as slice indexed by "authorized_applications_by_user"
  where slice.environment_id = ?
  and "slice"."user_id" = parent.value
  order by "slice"."id" desc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_authorized_applications_1 (environment_id=? AND id=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX authorized_applications_by_user (environment_id=? AND user_id=?)

select item.*
  from json_each(?) as parent
  cross join "events" as item indexed by "sqlite_autoindex_events_1" on item.environment_id = ?
  and "item"."sequence" in ( select "slice"."sequence"
  from "events" as slice indexed by "events_by_name"
  where slice.environment_id = ?
  and "slice"."name" = parent.value
  order by "slice"."sequence" asc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_events_1 (environment_id=? AND sequence=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX events_by_name (environment_id=? AND name=?)

select item.*
  from json_each(?) as parent
  cross join "events" as item indexed by "sqlite_autoindex_events_1" on item.environment_id = ?
  and "item"."sequence" in ( select "slice"."sequence"
  from "events" as slice indexed by "events_by_user"
  where slice.environment_id = ?
  and "slice"."user_id" = parent.value
  order by "slice"."sequence" asc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_events_1 (environment_id=? AND sequence=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX events_by_user (environment_id=? AND user_id=?)

select item.*
  from json_each(?) as parent
  cross join "events" as item indexed by "sqlite_autoindex_events_1" on item.environment_id = ?
  and "item"."sequence" in ( select "slice"."sequence"
  from "events" as slice indexed by "events_by_user"
  where slice.environment_id = ?
  and "slice"."user_id" = parent.value
  order by "slice"."sequence" desc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_events_1 (environment_id=? AND sequence=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX events_by_user (environment_id=? AND user_id=?)

select item.*
  from json_each(?) as parent
  cross join "organization_memberships" as item indexed by "sqlite_autoindex_organization_memberships_1" on item.environment_id = ?
  and "item"."id" in ( select "slice"."id"
  from "organization_memberships" as slice indexed by "organization_memberships_by_organization"
  where slice.environment_id = ?
  and "slice"."organization_id" = parent.value
  order by "slice"."id" asc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_organization_memberships_1 (environment_id=? AND id=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX organization_memberships_by_organization (environment_id=? AND organization_id=?)

select item.*
  from json_each(?) as parent
  cross join "organization_memberships" as item indexed by "sqlite_autoindex_organization_memberships_1" on item.environment_id = ?
  and "item"."id" in ( select "slice"."id"
  from "organization_memberships" as slice indexed by "organization_memberships_by_organization"
  where slice.environment_id = ?
  and "slice"."organization_id" = parent.value
  order by "slice"."id" desc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_organization_memberships_1 (environment_id=? AND id=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX organization_memberships_by_organization (environment_id=? AND organization_id=?)

select item.*
  from json_each(?) as parent
  cross join "organization_memberships" as item indexed by "sqlite_autoindex_organization_memberships_1" on item.environment_id = ?
  and "item"."id" in ( select "slice"."id"
  from "organization_memberships" as slice indexed by "organization_memberships_by_user"
  where slice.environment_id = ?
  and "slice"."user_id" = parent.value
  order by "slice"."id" asc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_organization_memberships_1 (environment_id=? AND id=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)

select item.*
  from json_each(?) as parent
  cross join "organization_memberships" as item indexed by "sqlite_autoindex_organization_memberships_1" on item.environment_id = ?
  and "item"."id" in ( select "slice"."id"
  from "organization_memberships" as slice indexed by "organization_memberships_by_user"
  where slice.environment_id = ?
  and "slice"."user_id" = parent.value
  order by "slice"."id" desc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_organization_memberships_1 (environment_id=? AND id=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)

select item.*
  from json_each(?) as parent
  cross join "webhook_deliveries" as item indexed by "sqlite_autoindex_webhook_deliveries_1" on item.environment_id = ?
  and "item"."id" in ( select "slice"."id"
  from "webhook_deliveries" as slice indexed by "webhook_deliveries_by_endpoint"
  where slice.environment_id = ?
  and "slice"."endpoint_id" = parent.value
  order by "slice"."id" asc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_webhook_deliveries_1 (environment_id=? AND id=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX webhook_deliveries_by_endpoint (environment_id=? AND endpoint_id=?)

select item.*
  from json_each(?) as parent
  cross join "webhook_deliveries" as item indexed by "sqlite_autoindex_webhook_deliveries_1" on item.environment_id = ?
  and "item"."id" in ( select "slice"."id"
  from "webhook_deliveries" as slice indexed by "webhook_deliveries_by_endpoint"
  where slice.environment_id = ?
  and "slice"."endpoint_id" = parent.value
  order by "slice"."id" desc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_webhook_deliveries_1 (environment_id=? AND id=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX webhook_deliveries_by_endpoint (environment_id=? AND endpoint_id=?)

select sum("total") as "total"
  from "list_totals"
  where "environment_id" = ?
  and "list" = ?;
--   SEARCH list_totals USING PRIMARY KEY (environment_id=? AND list=?)

select sum("users") as "total"
  from "user_totals"
  where "environment_id" = ?;
--   SEARCH user_totals USING PRIMARY KEY (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id" asc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)

select users.*
  from users indexed by "sqlite_autoindex_users_1"
  where users.environment_id = ?
  order by "users"."id" desc
  limit ?;
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=?)
