# Part of ./dev: the build folders. One folder a purpose, each under build/.

# Compiled files are shared between checkouts: a fresh clone need not compile everything again.
export CCACHE_NOHASHDIR=yes

server_binary=$root/build/dev/src/app/ringtalk

# folder_options FOLDER: the Meson options that make this folder what it is.
folder_options() {
    case $1 in
    dev) echo "-Dbuildtype=debugoptimized" ;;
    bench) echo "-Doptimization=3 -Ddebug=true -Dbench=true -Dtests=false" ;;
    asan) echo "-Doptimization=1 -Ddebug=true -Db_sanitize=address,undefined -Db_lundef=false" ;;
    tsan) echo "-Doptimization=1 -Ddebug=true -Db_sanitize=thread -Db_lundef=false" ;;
    esac
}

configure_folder() {
    [ ! -f "build/$1/build.ninja" ] || return 0
    rm -rf "build/$1" # what an interrupted attempt left
    # shellcheck disable=SC2046  # a list of options
    meson setup "build/$1" --native-file tools/clang.ini $(folder_options "$1")
}

# build_folder FOLDER [TARGET…]: configures when needed, then builds the targets or everything.
build_folder() {
    folder=$1
    shift
    if [ ! -f "build/$folder/build.ninja" ]; then
        step "Configuring build/$folder" "configure-$folder" configure_folder "$folder" || return 1
    fi
    step "Building ${*:-everything} in build/$folder" "build-$folder" \
        ninja -C "build/$folder" "$@"
}

command_build() {
    [ $# -eq 0 ] || fail "build takes no options"
    need_packages build
    build_folder dev || fail "the build failed"
}
