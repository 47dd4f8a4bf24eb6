#!/bin/sh
# Run once, when the data directory is empty: a database for each service, which only its own role may connect to.
set -eu
for service in posts comments moderation; do
  psql --username "$POSTGRES_USER" --dbname postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
    --set service="$service" --set password="$(cat "/run/secrets/databases/$service")" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
