#!/bin/sh
# A private PostgreSQL 15 and Redis 7: data, logs and Unix sockets in one state folder, no TCP port.
# ./dev and the integration tests both call this, each with a state folder of its own.
#
#   sh tools/dev/services.sh start-postgres|status-postgres STATE
#   sh tools/dev/services.sh stop-postgres STATE [fast|immediate]
#   sh tools/dev/services.sh start-redis|status-redis|stop-redis STATE
#
# Started as root, both run as the user postgres: STATE must be a folder which that user can reach.
# Everybody who may enter STATE/sockets is trusted, so that folder is closed to other users.
# Errors: exit 1 and a sentence on standard error; the servers' own words are in STATE/log.
set -eu

postgres_programs=${RINGTALK_POSTGRES_PROGRAMS:-/usr/lib/postgresql/15/bin}
wait_seconds=60
socket_path_bytes_max=107 # sizeof(sockaddr_un.sun_path) - 1

fail() {
    printf 'services: %s\n' "$*" >&2
    exit 1
}

as_service_user() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
    else
        "$@"
    fi
}

prepare_state() {
    longest_socket=$state/sockets/.s.PGSQL.5432
    if [ "$(printf %s "$longest_socket" | wc -c)" -gt "$socket_path_bytes_max" ]; then
        fail "$longest_socket is longer than the path of a Unix socket may be:" \
            "$socket_path_bytes_max bytes"
    fi
    mkdir -p "$state"
    for folder in postgres redis sockets log; do
        if [ ! -d "$state/$folder" ]; then
            mkdir -m 0700 "$state/$folder"
            if [ "$(id -u)" -eq 0 ]; then
                chown postgres:postgres "$state/$folder"
            fi
        fi
    done
    as_service_user test -w "$state/sockets" ||
        fail "the user that runs the services cannot reach $state"
}

postgres_is_up() {
    "$postgres_programs/pg_isready" -q -h "$state/sockets" -t 2
}

# A pid file outlives a crash of the machine; its number may belong to somebody else by then.
forget_stale_pid() {
    pid_file=$1 program=$2
    [ -f "$pid_file" ] || return 0
    read -r pid <"$pid_file" || true
    case $(readlink "/proc/${pid:-none}/exe") in
    */"$program"*) ;;
    *) rm -f "$pid_file" ;; # nobody, a zombie, or another program
    esac
}

# ringtalk.conf is written last and marks a cluster that is whole.
create_cluster() {
    rm -rf "$state/postgres"
    mkdir -m 0700 "$state/postgres"
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres:postgres "$state/postgres"
    fi
    as_service_user "$postgres_programs/initdb" --pgdata="$state/postgres" --username=postgres \
        --auth-local=trust --auth-host=reject --encoding=UTF8 --locale=C.UTF-8 --no-sync \
        >>"$state/log/initdb.log" 2>&1 || fail "initdb failed, see $state/log/initdb.log"
    echo "include 'ringtalk.conf'" |
        as_service_user tee -a "$state/postgres/postgresql.conf" >/dev/null
}

write_postgres_settings() {
    as_service_user tee "$state/postgres/ringtalk.conf" >/dev/null <<SETTINGS
# Written at each start by tools/dev/services.sh.
listen_addresses = ''
unix_socket_directories = '$(printf %s "$state/sockets" | sed "s/'/''/g")'
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_lock_waits = on
SETTINGS
}

run_sql() {
    "$postgres_programs/psql" -XAtq -v ON_ERROR_STOP=1 -h "$state/sockets" -U postgres \
        -c "$1" postgres
}

create_role_and_database() {
    if [ -z "$(run_sql "SELECT 1 FROM pg_roles WHERE rolname = 'ringtalk'")" ]; then
        run_sql 'CREATE ROLE ringtalk LOGIN CREATEDB'
    fi
    if [ -z "$(run_sql "SELECT 1 FROM pg_database WHERE datname = 'ringtalk'")" ]; then
        run_sql 'CREATE DATABASE ringtalk OWNER ringtalk'
    fi
}

start_postgres() {
    [ -x "$postgres_programs/postgres" ] || fail "no PostgreSQL 15 in $postgres_programs"
    prepare_state
    if ! postgres_is_up; then
        forget_stale_pid "$state/postgres/postmaster.pid" postgres
        forget_stale_pid "$state/sockets/.s.PGSQL.5432.lock" postgres
        as_service_user test -s "$state/postgres/ringtalk.conf" || create_cluster
        write_postgres_settings
        as_service_user "$postgres_programs/pg_ctl" start --silent --wait \
            --timeout="$wait_seconds" --pgdata="$state/postgres" \
            --log="$state/log/postgres.log" >/dev/null ||
            fail "PostgreSQL did not start, see $state/log/postgres.log"
    fi
    create_role_and_database
}

stop_postgres() {
    mode=${1:-fast}
    forget_stale_pid "$state/postgres/postmaster.pid" postgres
    if [ -f "$state/postgres/postmaster.pid" ]; then
        as_service_user "$postgres_programs/pg_ctl" stop --silent --wait --timeout="$wait_seconds" \
            --mode="$mode" --pgdata="$state/postgres" || fail "PostgreSQL did not stop"
    fi
}

redis_cli() {
    redis-cli -s "$state/sockets/redis.sock" "$@" 2>/dev/null
}

redis_is_up() {
    [ "$(redis_cli ping)" = PONG ]
}

# Redis is a bus and a cache here, never the only place of anything: it keeps nothing on disk.
start_redis() {
    command -v redis-server >/dev/null || fail "redis-server is not installed"
    prepare_state
    if redis_is_up; then
        return 0
    fi
    as_service_user redis-server --port 0 --unixsocket "$state/sockets/redis.sock" \
        --unixsocketperm 700 --daemonize yes --pidfile "$state/redis/redis.pid" \
        --dir "$state/redis" --logfile "$state/log/redis.log" --save '' --appendonly no
    tries=0
    until redis_is_up; do
        tries=$((tries + 1))
        [ "$tries" -lt $((wait_seconds * 10)) ] ||
            fail "Redis did not start, see $state/log/redis.log"
        sleep 0.1
    done
}

stop_redis() {
    redis_is_up || return 0
    redis_cli shutdown nosave || true
    tries=0
    while [ -e "$state/redis/redis.pid" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt $((wait_seconds * 10)) ] || fail "Redis did not stop"
        sleep 0.1
    done
}

[ $# -ge 2 ] || fail "usage: services.sh ACTION STATE [MODE]"
action=$1 state=$2
case $state in /*) ;; *) fail "the state folder must be an absolute path, not $state" ;; esac

case $action in
start-postgres) start_postgres ;;
stop-postgres) stop_postgres "${3:-fast}" ;;
status-postgres) postgres_is_up ;;
start-redis) start_redis ;;
stop-redis) stop_redis ;;
status-redis) redis_is_up ;;
*) fail "unknown action $action" ;;
esac
