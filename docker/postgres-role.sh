#!/bin/bash
# Run once by the postgres image on an empty volume. The site's role is no superuser: rights revoked from it stay revoked,
# as those to change history and events.
set -euo pipefail
psql --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 --set password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE portal LOGIN PASSWORD :'password';
CREATE DATABASE portal OWNER portal;
SQL
