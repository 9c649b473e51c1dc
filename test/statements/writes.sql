-- Made by "npm run statements". A statement is followed by its plan.

delete
  from "applications"
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH applications USING INDEX sqlite_autoindex_applications_1 (environment_id=? AND id=?)
--   SEARCH authorized_applications USING COVERING INDEX authorized_applications_by_application (environment_id=? AND application_id=?)

delete
  from "authorized_applications"
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH authorized_applications USING INDEX sqlite_autoindex_authorized_applications_1 (environment_id=? AND id=?)

delete
  from "authorized_applications" indexed by "authorized_applications_by_user"
  where environment_id = ?
  and "user_id" = ?
  returning *;
--   SEARCH authorized_applications USING COVERING INDEX authorized_applications_by_user (environment_id=? AND user_id=?)

delete
  from "authorized_applications" indexed by "sqlite_autoindex_authorized_applications_1"
  where environment_id = ?
  and "id" in ( select "one"."id"
  from "authorized_applications" as one indexed by "authorized_applications_by_application"
  where one.environment_id = ?
  and "one"."application_id" = ?
  order by "one"."id"
  limit ?)
  returning *;
--   SEARCH authorized_applications USING COVERING INDEX sqlite_autoindex_authorized_applications_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SEARCH one USING COVERING INDEX authorized_applications_by_application (environment_id=? AND application_id=?)

delete
  from "mail_days"
  where "environment_id" = ?
  and "day" < ?;
--   SEARCH mail_days USING COVERING INDEX sqlite_autoindex_mail_days_1 (environment_id=? AND day<?)

delete
  from "organization_memberships"
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH organization_memberships USING INDEX sqlite_autoindex_organization_memberships_1 (environment_id=? AND id=?)

delete
  from "organization_memberships" indexed by "organization_memberships_by_user"
  where environment_id = ?
  and "user_id" = ?
  returning *;
--   SEARCH organization_memberships USING COVERING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)

delete
  from "organization_memberships" indexed by "sqlite_autoindex_organization_memberships_1"
  where environment_id = ?
  and "id" in ( select "one"."id"
  from "organization_memberships" as one indexed by "organization_memberships_by_organization"
  where one.environment_id = ?
  and "one"."organization_id" = ?
  order by "one"."id"
  limit ?)
  returning *;
--   SEARCH organization_memberships USING COVERING INDEX sqlite_autoindex_organization_memberships_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 1
--     SEARCH one USING COVERING INDEX organization_memberships_by_organization (environment_id=? AND organization_id=?)

delete
  from "organizations"
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH organizations USING INDEX sqlite_autoindex_organizations_1 (environment_id=? AND id=?)
--   SEARCH applications USING COVERING INDEX applications_by_organization (environment_id=? AND organization_id=?)
--   SEARCH organization_memberships USING COVERING INDEX organization_memberships_by_status (environment_id=? AND organization_id=?)

delete
  from "passwords"
  where "environment_id" = ?
  and "user_id" = ?;
--   SEARCH passwords USING INDEX sqlite_autoindex_passwords_1 (environment_id=? AND user_id=?)

delete
  from "users"
  where "environment_id" = ?
  and "id" = ?
  returning "search_number", "email_normal";
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   SEARCH staff_grants USING COVERING INDEX sqlite_autoindex_staff_grants_1 (environment_id=? AND user_id=?)
--   SEARCH sessions USING COVERING INDEX sessions_by_user (environment_id=? AND user_id=?)
--   SEARCH mails USING COVERING INDEX mails_by_user (environment_id=? AND user_id=?)
--   SEARCH one_time_codes USING COVERING INDEX one_time_codes_by_user (environment_id=? AND user_id=?)
--   SEARCH passwords USING COVERING INDEX sqlite_autoindex_passwords_1 (environment_id=? AND user_id=?)
--   SEARCH authorized_applications USING COVERING INDEX authorized_applications_by_user (environment_id=? AND user_id=?)
--   SEARCH organization_memberships USING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)

delete
  from idempotency_keys indexed by "sqlite_autoindex_idempotency_keys_1"
  where environment_id = ?
  and key in ( select expired.key
  from idempotency_keys as expired indexed by "idempotency_keys_by_expiry"
  where expired.environment_id = ?
  and expired.expires_at <= ?
  order by expired.expires_at
  limit ?);
--   SEARCH idempotency_keys USING COVERING INDEX sqlite_autoindex_idempotency_keys_1 (environment_id=? AND key=?)
--   LIST SUBQUERY 1
--     SEARCH expired USING INDEX idempotency_keys_by_expiry (environment_id=? AND expires_at<?)

delete
  from mails indexed by "mails_by_user"
  where environment_id = ?
  and user_id = ?;
--   SEARCH mails USING COVERING INDEX mails_by_user (environment_id=? AND user_id=?)

delete
  from one_time_codes indexed by "one_time_codes_by_user"
  where environment_id = ?
  and user_id = ?;
--   SEARCH one_time_codes USING COVERING INDEX one_time_codes_by_user (environment_id=? AND user_id=?)
--   SEARCH mails USING COVERING INDEX mails_code_unique (environment_id=? AND code_id=?)

delete
  from sessions indexed by "sessions_by_user"
  where environment_id = ?
  and user_id = ?;
--   SEARCH sessions USING COVERING INDEX sessions_by_user (environment_id=? AND user_id=?)

delete
  from user_search
  where rowid = ?;
--   SCAN user_search VIRTUAL TABLE INDEX 0:=

insert into "applications" ("environment_id", "id", "client_id", "name", "description", "kind", "scopes", "redirect_uris", "uses_pkce", "is_first_party", "organization_id", "created_at", "updated_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
--   SEARCH authorized_applications USING COVERING INDEX authorized_applications_by_application (environment_id=? AND application_id=?)

insert into "authorized_applications" ("environment_id", "id", "user_id", "application_id", "granted_scopes", "resource", "created_at")
  values (?, ?, ?, ?, ?, ?, ?);


insert into "events" ("environment_id", "id", "name", "user_id", "organization_id", "actor_source", "actor_id", "actor_name", "request_id", "api", "data", "previous", "sequence", "created_at") select given.value ->> 'environment_id', given.value ->> 'id', given.value ->> 'name', given.value ->> 'user_id', given.value ->> 'organization_id', given.value ->> 'actor_source', given.value ->> 'actor_id', given.value ->> 'actor_name', given.value ->> 'request_id', given.value ->> 'api', given.value ->> 'data', given.value ->> 'previous', given.value ->> 'sequence' + (select last
  from event_sequences
  where environment_id = given.value ->> 'environment_id'), (select last_at
  from event_sequences
  where environment_id = given.value ->> 'environment_id')
  from json_each(?) as given;
--   SCAN given VIRTUAL TABLE INDEX 1:
--   CORRELATED SCALAR SUBQUERY 1
--     SEARCH event_sequences USING INDEX sqlite_autoindex_event_sequences_1 (environment_id=?)
--   CORRELATED SCALAR SUBQUERY 2
--     SEARCH event_sequences USING INDEX sqlite_autoindex_event_sequences_1 (environment_id=?)

insert into "idempotency_keys" ("environment_id", "key", "operation", "fingerprint", "outcome", "expires_at")
  values (?, ?, ?, ?, ?, ?)
  on conflict ("environment_id", "key") do update
  set "operation" = ?, "fingerprint" = ?, "outcome" = ?, "expires_at" = ?;


insert into "mail_days" ("environment_id", "day", "queued")
  values (?, ?, ?)
  on conflict ("environment_id", "day") do update
  set "queued" = "mail_days"."queued" + ?
  returning "queued";


insert into "mails" ("environment_id", "id", "template", "user_id", "code_id", "recipient", "state", "attempts", "next_attempt_at", "leased_until", "expires_at", "last_error", "created_at", "sent_at", "purge_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);


insert into "one_time_codes" ("environment_id", "id", "purpose", "user_id", "email", "email_normal", "attempts", "expires_at", "consumed_at", "is_newest", "created_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);


insert into "organization_memberships" ("environment_id", "id", "user_id", "organization_id", "status", "roles", "created_at", "updated_at", "user_email_normal")
  values (?, ?, ?, ?, ?, ?, ?, ?, (select email_normal
  from users
  where environment_id = ?
  and id = ?));
--   SCALAR SUBQUERY 1
--     SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)

insert into "passwords" ("environment_id", "user_id", "type", "hash", "salt_position", "updated_at")
  values (?, ?, ?, ?, ?, ?)
  on conflict ("environment_id", "user_id") do update
  set "type" = ?, "hash" = ?, "salt_position" = ?, "updated_at" = ?;


insert into "users" ("environment_id", "id", "email", "email_verified", "first_name", "last_name", "name", "profile_picture_url", "locale", "last_sign_in_at", "external_id", "metadata", "version", "created_at", "updated_at", "email_normal", "email_domain", "first_name_normal", "last_name_normal", "name_normal", "last_sign_in_order", "search_number")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
--   SEARCH staff_grants USING COVERING INDEX sqlite_autoindex_staff_grants_1 (environment_id=? AND user_id=?)
--   SEARCH sessions USING COVERING INDEX sessions_by_user (environment_id=? AND user_id=?)
--   SEARCH mails USING COVERING INDEX mails_by_user (environment_id=? AND user_id=?)
--   SEARCH one_time_codes USING COVERING INDEX one_time_codes_by_user (environment_id=? AND user_id=?)
--   SEARCH passwords USING COVERING INDEX sqlite_autoindex_passwords_1 (environment_id=? AND user_id=?)
--   SEARCH authorized_applications USING COVERING INDEX authorized_applications_by_user (environment_id=? AND user_id=?)
--   SEARCH organization_memberships USING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)

insert into "webhook_endpoints" ("environment_id", "id", "url", "types", "is_enabled", "secret", "previous_secret", "previous_secret_until", "position", "claims", "attempts", "failing_since", "next_attempt_at", "created_at", "updated_at", "deleted_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);


insert into search_spaces (environment_id, last)
  values (?, ?)
  on conflict (environment_id) do update
  set last = search_spaces.last + excluded.last
  returning number, last;


insert into user_search (rowid, words) select value ->> 0, value ->> 1
  from json_each(?);
--   SCAN json_each VIRTUAL TABLE INDEX 1:

select "created_at"
  from "one_time_codes"
  where "environment_id" = ?
  and "email_normal" = ?
  order by "created_at" desc
  limit ?;
--   SEARCH one_time_codes USING COVERING INDEX one_time_codes_by_email (environment_id=? AND email_normal=?)

select "created_at"
  from "one_time_codes"
  where "environment_id" = ?
  and "user_id" = ?
  order by "created_at" desc
  limit ?;
--   SEARCH one_time_codes USING COVERING INDEX one_time_codes_by_user (environment_id=? AND user_id=?)

select "fingerprint", "outcome"
  from "idempotency_keys"
  where "environment_id" = ?
  and "key" = ?
  and "expires_at" > ?;
--   SEARCH idempotency_keys USING INDEX sqlite_autoindex_idempotency_keys_1 (environment_id=? AND key=?)

select "id"
  from "applications"
  where "environment_id" = ?
  and "organization_id" = ?
  order by "id"
  limit ?;
--   SEARCH applications USING COVERING INDEX applications_by_organization (environment_id=? AND organization_id=?)

select *
  from "authorized_applications"
  where "environment_id" = ?
  and "user_id" = ?
  and "application_id" = ?;
--   SEARCH authorized_applications USING INDEX authorized_applications_user_unique (environment_id=? AND user_id=? AND application_id=?)

select *
  from "one_time_codes"
  where "environment_id" = ?
  and "user_id" = ?
  and "purpose" = ?
  and "is_newest" = ?;
--   SEARCH one_time_codes USING INDEX one_time_codes_newest_unique (environment_id=? AND user_id=? AND purpose=?)

select *
  from "staff_grants"
  where "environment_id" = ?
  and "user_id" = ?;
--   SEARCH staff_grants USING INDEX sqlite_autoindex_staff_grants_1 (environment_id=? AND user_id=?)

select 1
  from mails indexed by "mails_to_purge"
  where purge_at <= ?
  limit 1;
--   SEARCH mails USING COVERING INDEX mails_to_purge (purge_at<?)

select count(*) as "total"
  from (select "sequence"
  from "events"
  where "events"."environment_id" = ?
  and "name" in (select value
  from json_each(?))
  and "sequence" > ?
  limit ?) as "counted";
--   CO-ROUTINE counted
--     SEARCH events USING COVERING INDEX events_by_name (environment_id=? AND name=? AND sequence>?)
--     LIST SUBQUERY 1
--       SCAN json_each VIRTUAL TABLE INDEX 1:
--   SCAN counted

update "api_keys"
  set "revoked_at" = ?
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH api_keys USING INDEX sqlite_autoindex_api_keys_1 (environment_id=? AND id=?)

update "applications"
  set "client_id" = ?, "name" = ?, "description" = ?, "kind" = ?, "scopes" = ?, "redirect_uris" = ?, "uses_pkce" = ?, "is_first_party" = ?, "organization_id" = ?, "created_at" = ?, "updated_at" = ?
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH applications USING INDEX sqlite_autoindex_applications_1 (environment_id=? AND id=?)

update "authorized_applications"
  set "user_id" = ?, "application_id" = ?, "granted_scopes" = ?, "resource" = ?, "created_at" = ?
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH authorized_applications USING INDEX sqlite_autoindex_authorized_applications_1 (environment_id=? AND id=?)

update "mails"
  set "state" = ?, "next_attempt_at" = ?, "leased_until" = ?, "last_error" = ?, "sent_at" = ?, "purge_at" = ?
  where "environment_id" = ?
  and "id" = ?
  and "state" = ?
  and "attempts" = ?;
--   SEARCH mails USING INDEX sqlite_autoindex_mails_1 (environment_id=? AND id=?)

update "one_time_codes"
  set "attempts" = "attempts" + ?
  where "environment_id" = ?
  and "user_id" = ?
  and "purpose" = ?
  and "is_newest" = ?
  and "attempts" < ?
  returning *;
--   SEARCH one_time_codes USING INDEX one_time_codes_newest_unique (environment_id=? AND user_id=? AND purpose=?)

update "one_time_codes"
  set "consumed_at" = ?
  where "environment_id" = ?
  and "id" = ?
  and "is_newest" = ?
  and "consumed_at" is null;
--   SEARCH one_time_codes USING INDEX sqlite_autoindex_one_time_codes_1 (environment_id=? AND id=?)

update "one_time_codes"
  set "is_newest" = ?
  where "environment_id" = ?
  and "user_id" = ?
  and "is_newest" = ?
  and "consumed_at" is null;
--   SEARCH one_time_codes USING INDEX one_time_codes_by_user (environment_id=? AND user_id=?)

update "one_time_codes"
  set "is_newest" = ?
  where "environment_id" = ?
  and "user_id" = ?
  and "purpose" = ?
  and "is_newest" = ?;
--   SEARCH one_time_codes USING INDEX one_time_codes_newest_unique (environment_id=? AND user_id=? AND purpose=?)

update "organization_memberships"
  set "status" = ?, "roles" = ?, "updated_at" = ?
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH organization_memberships USING INDEX sqlite_autoindex_organization_memberships_1 (environment_id=? AND id=?)

update "organizations"
  set "name" = ?, "external_id" = ?, "metadata" = ?, "created_at" = ?, "updated_at" = ?
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH organizations USING INDEX sqlite_autoindex_organizations_1 (environment_id=? AND id=?)

update "users"
  set "email" = ?, "external_id" = ?, "version" = ?, "email_normal" = ?
  where "environment_id" = ?
  and "id" = ?
  returning "search_number";
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   SEARCH organization_memberships USING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)
--   SEARCH organization_memberships USING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)

update "users"
  set "email" = ?, "version" = ?, "email_normal" = ?
  where "environment_id" = ?
  and "id" = ?
  returning "search_number";
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   SEARCH organization_memberships USING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)
--   SEARCH organization_memberships USING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)

update "users"
  set "email" = ?, "version" = ?, "email_normal" = case when exists ( select 1
  from users as other
  where other.environment_id = users.environment_id
  and other.email_normal = ?
  and other.id <> users.id ) then users.email_normal else ? end
  where "environment_id" = ?
  and "id" = ?
  returning "search_number";
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)
--   CORRELATED SCALAR SUBQUERY 1
--     SEARCH other USING INDEX users_email_unique (environment_id=? AND email_normal=?)
--   SEARCH organization_memberships USING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)
--   SEARCH organization_memberships USING INDEX organization_memberships_by_user (environment_id=? AND user_id=?)

update "users"
  set "email_verified" = ?, "version" = ?
  where "environment_id" = ?
  and "id" = ?
  returning "search_number";
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)

update "users"
  set "external_id" = ?, "version" = ?
  where "environment_id" = ?
  and "id" = ?
  returning "search_number";
--   SEARCH users USING INDEX sqlite_autoindex_users_1 (environment_id=? AND id=?)

update "webhook_endpoints"
  set "deleted_at" = ?, "is_enabled" = ?, "claims" = ?
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH webhook_endpoints USING INDEX sqlite_autoindex_webhook_endpoints_1 (environment_id=? AND id=?)

update "webhook_endpoints"
  set "url" = ?, "types" = ?, "is_enabled" = ?, "secret" = ?, "previous_secret" = ?, "previous_secret_until" = ?, "position" = ?, "claims" = ?, "attempts" = ?, "failing_since" = ?, "next_attempt_at" = ?, "created_at" = ?, "updated_at" = ?
  where "environment_id" = ?
  and "id" = ?;
--   SEARCH webhook_endpoints USING INDEX sqlite_autoindex_webhook_endpoints_1 (environment_id=? AND id=?)

update sessions indexed by "sessions_by_user"
  set revoked_at = ?
  where environment_id = ?
  and user_id = ?
  and id is distinct
  from ?
  and revoked_at is null
  and expires_at > ?
  returning *;
--   SEARCH sessions USING INDEX sessions_by_user (environment_id=? AND user_id=?)

update user_search
  set words = ?
  where rowid = ?;
--   SCAN user_search VIRTUAL TABLE INDEX 0:=

with claimed as materialized ( select due.environment_id, due.id
  from mails as due indexed by "mails_due"
  where due.state = 'PENDING'
  and due.next_attempt_at <= ?
  order by due.next_attempt_at
  limit ? ) update mails indexed by "sqlite_autoindex_mails_1"
  set attempts = attempts + 1, next_attempt_at = ?, leased_until = ?
  where (environment_id, id) in (select claimed.environment_id, claimed.id
  from claimed)
  returning *;
--   SEARCH mails USING COVERING INDEX sqlite_autoindex_mails_1 (environment_id=? AND id=?)
--   LIST SUBQUERY 3
--     MATERIALIZE claimed
--       SEARCH due USING INDEX mails_due (state=? AND next_attempt_at<?)
--     SCAN claimed
