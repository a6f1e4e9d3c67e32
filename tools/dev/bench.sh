# Part of ./dev: the benchmarks. docs/benchmarks.md tells how to read what they say.

bench_program=bench/ringtalk_bench
bench_gate_programs="$bench_program bench/instructions/instruction_paths"

# The first word tells what is measured; without one it is the micro-benchmarks.
command_bench() {
    case ${1:-} in
    --ci) shift && bench_gates "$@" ;;
    e2e) shift && bench_whole_servers "$@" ;;
    '' | -*) bench_micro "$@" ;;
    *) fail "there is nothing to measure that is called $1; ./dev help tells more" ;;
    esac
}

bench_micro() {
    need_packages build
    build_folder bench "$bench_program" || fail "the build failed"
    run_bench_tool run.py "$@"
}

bench_gates() {
    need_packages build bench
    build_gates || fail "the build failed"
    run_bench_tool gate.py "$@"
}

# Only what the gates run: less than half of everything.
build_gates() {
    # shellcheck disable=SC2086  # a list of targets
    build_folder bench $bench_gate_programs
}

# Servers, their peers and a load, on one machine.
bench_whole_servers() {
    need_packages build run bench-e2e
    build_folder bench || fail "the build failed"
    python3 -B bench/e2e "$@"
}

run_bench_tool() {
    bench_tool=$1
    shift
    python3 -B "bench/$bench_tool" "$@"
}
