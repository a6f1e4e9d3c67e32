# Part of ./dev: up, down, psql, logs. PostgreSQL and Redis by tools/dev/services.sh.

pid_file=$root/var/run/server.pid
url_file=$root/var/run/server.url
server_log=$log_folder/server.log
ready_seconds_max=60
stop_seconds_max=30

# Where PostgreSQL and Redis live: var/services, unless the user that runs them cannot reach it or
# the paths of its sockets would be too long (107 bytes at most). Sets `state`.
choose_state() {
    state=$root/var/services
    socket_path_bytes=$(printf %s "$state/sockets/.s.PGSQL.5432" | wc -c)
    if ! unprivileged_user_reaches_checkout || [ "$socket_path_bytes" -gt 107 ]; then
        checkout_hash=$(printf %s "$root" | sha256sum | cut -c 1-12)
        if [ "$(id -u)" -eq 0 ]; then
            state=/var/lib/ringtalk-dev/$checkout_hash
        else
            state=/tmp/ringtalk-dev-$(id -u)-$checkout_hash
        fi
    fi
}

unprivileged_user_reaches_checkout() {
    [ "$(id -u)" -ne 0 ] ||
        setpriv --reuid=65534 --regid=65534 --clear-groups -- test -x "$root" 2>/dev/null
}

service() {
    sh tools/dev/services.sh "$1" "$state"
}

# Sets `server_pid` and succeeds when the server of this checkout runs. A number that another
# program has got meanwhile does not count.
server_is_running() {
    [ -f "$pid_file" ] || return 1
    read -r server_pid <"$pid_file" || return 1
    case $(readlink "/proc/$server_pid/exe") in
    "$server_binary"*) return 0 ;; # " (deleted)" follows after a new build
    *) return 1 ;;
    esac
}

command_up() {
    detach=no port=8080
    while [ $# -gt 0 ]; do
        case $1 in
        --detach) detach=yes ;;
        --port=*) port=${1#--port=} ;;
        --port)
            [ $# -ge 2 ] || fail "--port needs a number"
            port=$2
            shift
            ;;
        --) shift && break ;;
        *) fail "up does not know $1; options for the server come after --" ;;
        esac
        shift
    done
    if server_is_running; then
        services_are_running || start_services
        say "Ringtalk is already running at $(cat "$url_file") (pid $server_pid)."
        say "./dev down stops it."
        return 0
    fi
    need_packages build run
    python3 tools/dev/probe.py port-is-free "$port" || exit 1
    build_folder dev src/app/ringtalk || fail "the build failed"
    start_services
    if [ "$detach" = no ] && [ -t 1 ]; then
        set -- --log-format text "$@" # the last word on an option is the user's
    fi
    start_server "$port" "$@"
    say_welcome
    [ "$detach" = yes ] || follow_server
}

services_are_running() {
    choose_state
    service status-postgres && service status-redis
}

start_services() {
    choose_state
    mkdir -p "$state"
    if [ "$state" != "$root/var/services" ]; then
        say "The data of PostgreSQL and Redis is in $state: their user cannot use $root/var."
    fi
    step "Starting PostgreSQL" start-postgres service start-postgres ||
        fail "PostgreSQL did not start"
    step "Starting Redis" start-redis service start-redis || fail "Redis did not start"
}

start_server() {
    url=http://127.0.0.1:$1
    mkdir -p var/run var/log
    echo "$url" >"$url_file"
    port=$1
    shift
    sockets=$(python3 tools/dev/probe.py percent-encode "$state/sockets")
    set -- --mode development --demo-data on --port "$port" --state-dir "$root/var" \
        --database-url "postgresql://ringtalk@/ringtalk?host=$sockets" \
        --redis-url "unix://$state/sockets/redis.sock" "$@"
    # A session of its own: Ctrl-C reaches ./dev alone, which then ends the server in order.
    setsid "$server_binary" "$@" >"$server_log" 2>&1 </dev/null &
    echo $! >"$pid_file"
    if ! step "Starting the server" start-server \
        python3 tools/dev/probe.py wait-until-ready "$url" "$!" "$ready_seconds_max"; then
        say "The last lines of $server_log:"
        show_end "$server_log"
        command_down >/dev/null
        fail "the server did not start"
    fi
}

say_welcome() {
    say ""
    say "Ringtalk is running at $url"
    say "    alice@example.com   password alicealice"
    say "    bob@example.com     password bobbobbob"
    say "Log: $server_log"
}

# Shows the log until Ctrl-C, then does what `down` does.
follow_server() {
    say "Ctrl-C stops it, with its PostgreSQL and Redis."
    say ""
    read -r server_pid <"$pid_file"
    asked_to_stop=no
    tail -n +1 -f --pid="$server_pid" "$server_log" &
    follower=$!
    trap 'asked_to_stop=yes; kill "$follower" 2>/dev/null' INT TERM HUP
    wait "$follower" 2>/dev/null || true
    trap - INT TERM HUP
    say ""
    command_down
    [ "$asked_to_stop" = yes ] || fail "the server ended by itself; its log: $server_log"
}

stop_server() {
    kill -TERM "$server_pid" 2>/dev/null || return 0
    tries=0
    while server_is_running; do
        tries=$((tries + 1))
        if [ "$tries" -gt $((stop_seconds_max * 10)) ]; then
            echo "The server did not end within $stop_seconds_max s after SIGTERM: killed."
            kill -KILL "$server_pid"
            return 1
        fi
        sleep 0.1
    done
}

command_down() {
    was_running=no
    choose_state
    if server_is_running; then
        was_running=yes
        step "Stopping the server" stop-server stop_server || true
    fi
    rm -f "$pid_file" "$url_file"
    for name in redis postgres; do
        if [ -d "$state/$name" ] && service "status-$name" 2>/dev/null; then
            was_running=yes
            step "Stopping $name" "stop-$name" service "stop-$name" || fail "$name did not stop"
        fi
    done
    [ "$was_running" = yes ] || say "Nothing was running."
}

command_psql() {
    choose_state
    service status-postgres 2>/dev/null || fail "PostgreSQL is not running; ./dev up starts it"
    exec psql -h "$state/sockets" -U ringtalk "$@" ringtalk
}

command_logs() {
    choose_state
    follow=
    if [ "${1:-}" = -f ] || [ "${1:-}" = --follow ]; then
        follow=-f
        shift
    fi
    name=${1:-server}
    for log in "$log_folder/$name.log" "$state/log/$name.log"; do
        if [ -f "$log" ]; then
            say "$log"
            # shellcheck disable=SC2086  # one word or none
            exec tail -n 50 $follow "$log"
        fi
    done
    fail "there is no log $name; there are: $(known_logs)"
}

known_logs() {
    find "$log_folder" "$state/log" -name '*.log' 2>/dev/null |
        sed 's|.*/||; s|\.log$||' | sort -u | tr '\n' ' '
}
