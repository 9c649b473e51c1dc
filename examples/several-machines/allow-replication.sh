#!/bin/sh
# Runs once, when the primary is created: replicas may connect with a password.
set -eu
echo 'host replication all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
