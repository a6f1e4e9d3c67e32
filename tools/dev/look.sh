# Part of ./dev: lint, doctor, clean.

cpp_folders='src tests bench tools'
lint_checks='format house shell clang-tidy'

cpp_files() {
    # shellcheck disable=SC2086  # a list of folders
    find $cpp_folders -name '*.h' -o -name '*.cc'
}

lint_format() {
    cpp_files | xargs clang-format-19 --dry-run --Werror
}

lint_house() {
    python3 tools/tidy.py
}

lint_shell() {
    shellcheck --shell=sh --exclude=SC1091,SC2034,SC2154,SC3045 dev .ci/run tools/dev/*.sh
}

lint_clang_tidy() {
    configure_folder dev && ninja -C build/dev &&
        run-clang-tidy-19 -quiet -p build/dev "$root/src/.*"
}

command_lint() {
    need_packages build lint
    # shellcheck disable=SC2086  # a list of names
    [ $# -gt 0 ] || set -- $lint_checks
    failed_checks=
    for check in "$@"; do
        case " $lint_checks " in
        *" $check "*) ;;
        *) fail "there is no check $check; there are: $lint_checks" ;;
        esac
        step "Checking: $check" "lint-$check" "lint_$(echo "$check" | tr - _)" ||
            failed_checks="$failed_checks $check"
    done
    [ -z "$failed_checks" ] || fail "not clean:$failed_checks"
    say "clean"
}

# One line of the doctor's table: what, and what was found.
finding() {
    printf '%-22s %s\n' "$1" "$2"
}

command_doctor() {
    choose_state
    finding "system" "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)"
    finding "kernel" "$(uname -r)"
    finding "cores" "$(nproc)"
    finding "memory" "$(awk '/MemTotal/ {printf "%.1f GiB", $2 / 1048576}' /proc/meminfo)"
    finding "open files (ulimit -n)" "$(ulimit -n)"
    finding "disk free here" "$(df -h --output=avail "$root" | tail -n 1 | tr -d ' ')"
    finding "user" "$(id -un 2>/dev/null || id -u)"
    finding "sudo" "$(command -v sudo || echo none)"
    finding "packages missing" "$(missing_packages build run test bench lint | sed 's/^$/none/')"
    finding "compiler" "$(clang++-19 --version 2>/dev/null | head -n 1 || true)"
    finding "meson" "$(meson --version 2>/dev/null || true)"
    finding "ninja" "$(ninja --version 2>/dev/null || true)"
    finding "state" "$state"
    finding "server" "$(server_is_running && echo "running at $(cat "$url_file")" || echo stopped)"
    for name in postgres redis; do
        finding "$name" "$(service "status-$name" 2>/dev/null && echo running || echo stopped)"
    done
    if command -v python3 >/dev/null; then
        finding "io_uring" "$(PYTHONPATH=tests/integration PYTHONDONTWRITEBYTECODE=1 python3 -c '
from support.kernel import why_io_uring_is_refused
print(why_io_uring_is_refused() or "allowed")')"
        finding "port 8080" "$(python3 tools/dev/probe.py port-is-free 8080 2>&1 && echo free)"
    fi
}

command_clean() {
    choose_state
    if server_is_running && [ "${1:-}" != --force ]; then
        fail "the server is running; ./dev down stops it, or ./dev clean --force does both"
    fi
    command_down
    rm -rf "${root:?}/build" "${root:?}/var" "$state"
    say "Removed build/, var/ and the private database."
}
