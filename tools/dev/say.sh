# Part of ./dev: speaking to the person at the terminal, and steps with their time and log.

log_folder=$root/var/log
progress_seconds=30
log_tail_lines=20

say() {
    printf '%s\n' "$*"
}

fail() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}

milliseconds() {
    echo $(($(date +%s%N) / 1000000))
}

# Prints a span of milliseconds as seconds with one digit.
seconds_since() {
    spent=$(($(milliseconds) - $1))
    printf '%d.%d s' $((spent / 1000)) $((spent % 1000 / 100))
}

# step LABEL LOG COMMAND…: runs the command with its output in var/log/LOG.log and says how long
# it took; on failure shows the end of that log and returns the command's status.
step() {
    step_label=$1 step_log=$log_folder/$2.log
    shift 2
    mkdir -p "$log_folder"
    step_started=$(milliseconds)
    say "==> $step_label"
    report_progress "$step_log" "$step_started" &
    step_reporter=$!
    step_status=0
    "$@" >"$step_log" 2>&1 </dev/null || step_status=$?
    kill "$step_reporter" 2>/dev/null || true
    wait "$step_reporter" 2>/dev/null || true
    if [ "$step_status" -eq 0 ]; then
        say "    done in $(seconds_since "$step_started")"
    else
        say "    FAILED after $(seconds_since "$step_started"); the last lines of $step_log:"
        show_end "$step_log"
    fi
    return "$step_status"
}

show_end() {
    [ ! -f "$1" ] || tail -n "$log_tail_lines" "$1" | sed 's/^/    | /'
}

# A long step shows now and then that it is alive. Ends by itself when ./dev is gone.
report_progress() {
    while sleep "$progress_seconds" >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
        say "    $(seconds_since "$2"): $(tail -n 1 "$1" | cut -c 1-80)"
    done
}
