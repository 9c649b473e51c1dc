#!/bin/sh
# Copies the primary when there is no copy yet, then follows it.
set -eu
umask 077
PGPASSWORD=$(cat /run/secrets/database-password)
export PGPASSWORD
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # The slot keeps the log of the primary until the replica has it.
  pg_basebackup --host="$PRIMARY" --username=usergraph --pgdata="$PGDATA" \
    --create-slot --slot=replica_1 --wal-method=stream --checkpoint=fast --write-recovery-conf
fi
exec postgres -c hot_standby_feedback=on
