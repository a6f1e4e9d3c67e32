# Part of ./dev: the test suites. A suite is a function suite_NAME that leaves JUnit or Meson
# reports in $results (var/test/NAME); tools/test_report.py adds them up and has the last word.

default_suites='unit integration fault load asan bench'
all_suites='unit integration fault load asan asan-integration tsan tsan-integration bench'

sanitizer_slowness=4
symbolizer=/usr/bin/llvm-symbolizer-19
asan_settings=detect_stack_use_after_return=1:strict_string_checks=1
tsan_settings=halt_on_error=1:second_deadlock_stack=1:report_bugs=1

describe_suites() {
    cat <<'SUITES'
unit              GoogleTest programs of every part, and the checks of the house
integration       a real server, PostgreSQL and Redis; io_uring and epoll, 1 and 4 shards
fault             people talk while instances, PostgreSQL and Redis are killed, stopped and cut off;
                  then accounts are checked; a soak (--long: a million messages,
                  300 kills, eleven minutes of soak)
load              ten seconds of mixed traffic on each backend: the load generator must find no
                  message lost, doubled, out of order or passed over
asan              unit, built with AddressSanitizer and UndefinedBehaviorSanitizer
asan-integration  integration, built likewise
tsan              unit, built with ThreadSanitizer
tsan-integration  integration, built likewise
bench             the gates of ./dev bench --ci: ratios, allocations and instructions, no times
sanitize          the four with sanitizers
SUITES
    say "By default: $default_suites"
}

suite_unit() { unit_tests dev 1 house; }
suite_integration() { integration_tests dev 1 "$@"; }
suite_fault() {
    build_folder dev || return 1
    case $is_long in
    yes) python_tests fault dev 1 --long -o timeout=0 "$@" ;;
    no) python_tests fault dev 1 "$@" ;;
    esac
}
suite_bench() {
    build_gates && run_bench_tool gate.py --junit "$results/gates.junit.xml"
}
suite_load() {
    build_folder dev || return 1
    python_tests load dev 1 "$@"
}
suite_asan() { use_sanitizers && unit_tests asan "$sanitizer_slowness"; }
suite_asan_integration() { use_sanitizers && integration_tests asan "$sanitizer_slowness" "$@"; }
suite_tsan() { use_sanitizers && unit_tests tsan "$sanitizer_slowness"; }
suite_tsan_integration() { use_sanitizers && integration_tests tsan "$sanitizer_slowness" "$@"; }

use_sanitizers() {
    export ASAN_OPTIONS="$asan_settings:external_symbolizer_path=$symbolizer"
    export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1:external_symbolizer_path=$symbolizer"
    export TSAN_OPTIONS="$tsan_settings:external_symbolizer_path=$symbolizer"
}

# unit_tests BUILD_FOLDER SLOWNESS [MESON_SUITE…]
unit_tests() {
    build_folder "$1" || return 1
    meson_tests "$@" unit
}

# integration_tests BUILD_FOLDER SLOWNESS [pytest options]
integration_tests() {
    folder=$1 slowness=$2
    shift 2
    build_folder "$folder" || return 1
    status=0
    meson_tests "$folder" "$slowness" integration || status=$?
    python_tests integration "$folder" "$slowness" "$@" || status=$?
    return "$status"
}

# python_tests FOLDER_OF_TESTS BUILD_FOLDER SLOWNESS [pytest options]: with real services.
python_tests() {
    tests=$1 folder=$2 slowness=$3
    shift 3
    RINGTALK_BINARY=$root/build/$folder/src/app/ringtalk RINGTALK_TEST_SLOWNESS=$slowness \
        PYTHONDONTWRITEBYTECODE=1 python3 -m pytest "tests/$tests" \
        --junitxml="$results/pytest.junit.xml" -o timeout=$((120 * slowness)) "$@" </dev/null
}

# meson_tests BUILD_FOLDER SLOWNESS MESON_SUITE…: runs what has been built, keeps Meson's reports.
meson_tests() {
    folder=$1 slowness=$2
    shift 2
    # Meson takes a program's old report for its new one when the program crashes: none is left.
    find "build/$folder" -maxdepth 1 -name '*.xml' -delete
    rm -f "build/$folder"/meson-logs/testlog.*
    meson_status=0
    # shellcheck disable=SC2046  # a list of options
    meson test -C "build/$folder" --no-rebuild --print-errorlogs \
        --timeout-multiplier "$slowness" $(printf -- '--suite %s ' "$@") </dev/null ||
        meson_status=$?
    for report in testlog.json testlog.junit.xml; do
        cp "build/$folder/meson-logs/$report" "$results/" 2>/dev/null || true
    done
    return "$meson_status"
}

command_test() {
    suites='' is_long=no
    while [ $# -gt 0 ]; do
        case $1 in
        --all) suites=$all_suites ;;
        --long) is_long=yes ;;
        --list) describe_suites && return 0 ;;
        --) shift && break ;;
        sanitize) suites="$suites asan asan-integration tsan tsan-integration" ;;
        *)
            case " $all_suites " in
            *" $1 "*) suites="$suites $1" ;;
            *) fail "there is no suite $1; ./dev test --list names them" ;;
            esac
            ;;
        esac
        shift
    done
    : "${suites:=$default_suites}"
    needs=build
    case $suites in *integration* | *fault* | *load*) needs="$needs run test" ;; esac
    case $suites in *bench*) needs="$needs bench" ;; esac
    # shellcheck disable=SC2086  # a list of names
    need_packages $needs
    test_folder=$root/var/test
    rm -rf "$test_folder"
    for suite in $suites; do
        run_suite "$suite" "$@"
    done
    # shellcheck disable=SC2086  # a list of names
    python3 tools/test_report.py "$test_folder" $suites
}

# Runs one suite in a shell of its own, so that its settings end with it, and notes how it ended.
run_suite() {
    suite=$1
    shift
    results=$test_folder/$suite
    mkdir -p "$results"
    say ""
    say "### $suite"
    suite_started=$(milliseconds)
    suite_status=0
    ("suite_$(echo "$suite" | tr - _)" "$@") || suite_status=$?
    printf '%s %s\n' "$suite_status" "$(($(milliseconds) - suite_started))" >"$results/status"
}
