-- Made by "npm run statements". A statement is followed by its plan.

delete
  from "events"
  where "environment_id" = ?
  and "sequence" <= ?;
--   SEARCH events USING COVERING INDEX sqlite_autoindex_events_1 (environment_id=? AND sequence<?)

delete
  from "webhook_deliveries"
  where "environment_id" = ?
  and "sequence" <= ?;
--   SEARCH webhook_deliveries USING COVERING INDEX webhook_deliveries_by_event (environment_id=? AND sequence<?)

delete
  from "webhook_endpoints"
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH webhook_endpoints USING INDEX sqlite_autoindex_webhook_endpoints_1 (environment_id=? AND id=?)
--   SEARCH webhook_deliveries USING COVERING INDEX webhook_deliveries_by_endpoint (environment_id=? AND endpoint_id=?)

delete
  from mails indexed by "sqlite_autoindex_mails_1"
  where (environment_id, id) in ( select over.environment_id, over.id
  from mails as over indexed by "mails_to_purge"
  where over.purge_at <= ?
  order by over.purge_at
  limit ?);
--   SEARCH mails USING COVERING INDEX sqlite_autoindex_mails_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 2
--     SEARCH over USING INDEX mails_to_purge (purge_at<?)

delete
  from webhook_deliveries indexed by "sqlite_autoindex_webhook_deliveries_1"
  where environment_id = ?
  and id in ( select old.id
  from webhook_deliveries as old indexed by "webhook_deliveries_by_endpoint"
  where old.environment_id = ?
  and old.endpoint_id = ?
  limit ?);
--   SEARCH webhook_deliveries USING COVERING INDEX sqlite_autoindex_webhook_deliveries_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SEARCH old USING COVERING INDEX webhook_deliveries_by_endpoint (environment_id=? AND endpoint_id=?)

insert into "webhook_deliveries" ("environment_id", "id", "endpoint_id", "event_id", "sequence", "attempt", "status_code", "error", "duration_ms", "created_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);


insert into user_search (user_search, rank)
  values ('merge', ?);


select "environment_id", "epoch", "last", "removed", "erased"
  from "event_sequences";
--   SCAN event_sequences

select "environment_id", "id"
  from "webhook_endpoints"
  where "deleted_at" is not null
  order by "deleted_at"
  limit ?;
--   SEARCH webhook_endpoints USING INDEX webhook_endpoints_deleted (deleted_at>?)

select "next_attempt_at"
  from "mails"
  where "state" = ?
  order by "next_attempt_at"
  limit ?;
--   SEARCH mails USING COVERING INDEX mails_due (state=?)

select *
  from "events"
  where "events"."environment_id" = ?
  and "events"."sequence" > ?
  order by "events"."sequence" desc
  limit ?;
--   SEARCH events USING INDEX sqlite_autoindex_events_1 (environment_id=? AND sequence>?)

select *
  from "events"
  where "events"."environment_id" = ?
  and events.user_id = ?
  and ("events"."sequence") > (?)
  order by "events"."sequence" asc
  limit ?;
--   SEARCH events USING INDEX events_by_user (environment_id=? AND user_id=? AND sequence>?)

select 1
  from mails indexed by "mails_due"
  where state = 'PENDING'
  and next_attempt_at <= ?
  limit 1;
--   SEARCH mails USING COVERING INDEX mails_due (state=? AND next_attempt_at<?)

select 1
  from webhook_endpoints as due indexed by "webhook_endpoints_due"
  cross join event_sequences as log indexed by "sqlite_autoindex_event_sequences_1" on log.environment_id = due.environment_id
  where due.is_enabled = 1
  and due.next_attempt_at <= ?
  and log.last > due.position
  and exists (select 1
  from json_each("due"."types") as type
  cross join events indexed by "events_by_name" on events.environment_id = due.environment_id
  and events.name = type.value
  and events.sequence > due.position)
  limit 1;
--   SEARCH due USING INDEX webhook_endpoints_due (next_attempt_at<?)
--   CORRELATED SCALAR SUBQUERY 1
--     SCAN type VIRTUAL TABLE INDEX 1:
--     SEARCH events USING COVERING INDEX events_by_name (environment_id=? AND name=? AND sequence>?)
--   SEARCH log USING INDEX sqlite_autoindex_event_sequences_1 (environment_id=?)

select count(*) as "total"
  from "mails"
  where "state" = ?;
--   SEARCH mails USING COVERING INDEX mails_due (state=?)

select count(*) filter (where is_enabled = 1
  and failing_since is not null) as "failing", count(*) filter (where is_enabled = 0) as "disabled"
  from "webhook_endpoints"
  where "deleted_at" is null;
--   SCAN webhook_endpoints USING INDEX webhook_endpoints_url_unique

select item.*
  from json_each(?) as parent
  cross join "events" as item indexed by "sqlite_autoindex_events_1" on item.environment_id = ?
  and "item"."sequence" in ( select "slice"."sequence"
  from "events" as slice indexed by "events_by_name"
  where slice.environment_id = ?
  and "slice"."name" = parent.value
  and ("slice"."sequence") > (?)
  order by "slice"."sequence" asc
  limit ?);
--   SCAN parent VIRTUAL TABLE INDEX 1:
--   SEARCH item USING INDEX sqlite_autoindex_events_1 (environment_id=? AND sequence=?)
--   CORRELATED LIST SUBQUERY 1
--     SEARCH slice USING COVERING INDEX events_by_name (environment_id=? AND name=? AND sequence>?)

select min((select min(events.sequence)
  from events
  where events.environment_id = endpoint.environment_id
  and events.name = type.value
  and events.sequence > endpoint.position)) as first
  from webhook_endpoints as endpoint, json_each("endpoint"."types") as type
  where endpoint.environment_id = ?
  and endpoint.is_enabled = 1;
--   SEARCH endpoint USING INDEX sqlite_autoindex_webhook_endpoints_1 (environment_id=?)
--   SEARCH type VIRTUAL TABLE INDEX 1:
--   CORRELATED SCALAR SUBQUERY 1
--     SEARCH events USING COVERING INDEX events_by_name (environment_id=? AND name=? AND sequence>?)

select total_changes() as total;
--   SCAN CONSTANT ROW

update "event_sequences"
  set "erased" = ?
  where "environment_id" = ?
  and "erased" < ?;
--   SEARCH event_sequences USING INDEX sqlite_autoindex_event_sequences_1 (environment_id=?)

update "event_sequences"
  set "removed" = ?
  where "environment_id" = ?
  and "removed" < ?;
--   SEARCH event_sequences USING INDEX sqlite_autoindex_event_sequences_1 (environment_id=?)

update "events"
  set "actor_name" = ?
  where "environment_id" = ?
  and "sequence" in (select "acted"."sequence"
  from "events" as "acted"
  where "acted"."environment_id" = ?
  and "acted"."actor_source" = 'PERSON'
  and "acted"."actor_id" = ?
  and "acted"."actor_name" <> ?
  limit ?);
--   SEARCH events USING COVERING INDEX sqlite_autoindex_events_1 (environment_id=? AND sequence=?)
--   LIST SUBQUERY 1
--     SEARCH acted USING INDEX events_by_person (environment_id=? AND actor_id=?)

update "events"
  set "data" = ?, "previous" = ?
  where "environment_id" = ?
  and "sequence" = ?;
--   SEARCH events USING INDEX sqlite_autoindex_events_1 (environment_id=? AND sequence=?)

update "webhook_endpoints"
  set "position" = ?, "attempts" = ?, "failing_since" = ?, "next_attempt_at" = ?
  where "environment_id" = ?
  and "id" = ?
  and "claims" = ?;
--   SEARCH webhook_endpoints USING INDEX sqlite_autoindex_webhook_endpoints_1 (environment_id=? AND id=?)

with claimed as materialized ( select due.environment_id, due.id
  from webhook_endpoints as due indexed by "webhook_endpoints_due"
  cross join event_sequences as log indexed by "sqlite_autoindex_event_sequences_1" on log.environment_id = due.environment_id
  where due.is_enabled = 1
  and due.next_attempt_at <= ?
  and log.last > due.position
  and exists (select 1
  from json_each("due"."types") as type
  cross join events indexed by "events_by_name" on events.environment_id = due.environment_id
  and events.name = type.value
  and events.sequence > due.position)
  order by due.next_attempt_at
  limit ? ) update webhook_endpoints indexed by "sqlite_autoindex_webhook_endpoints_1"
  set claims = claims + 1, next_attempt_at = ?
  where (environment_id, id) in (select claimed.environment_id, claimed.id
  from claimed)
  returning *;
--   SEARCH webhook_endpoints USING COVERING INDEX sqlite_autoindex_webhook_endpoints_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 4
--     MATERIALIZE claimed
--       SEARCH due USING INDEX webhook_endpoints_due (next_attempt_at<?)
--       CORRELATED SCALAR SUBQUERY 1
--         SCAN type VIRTUAL TABLE INDEX 1:
--         SEARCH events USING COVERING INDEX events_by_name (environment_id=? AND name=? AND sequence>?)
--       SEARCH log USING INDEX sqlite_autoindex_event_sequences_1 (environment_id=?)
--     SCAN claimed
