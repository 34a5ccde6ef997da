# shellcheck shell=bash disable=SC2034
# setup.sh: what ./quickstart, ./check and .ci/run share. Sourced by them, from the root of the tree.

# Debian's packages that the build and the tests need (docs/dependencies.md says what for).
packages=(
    gcc libc6-dev pkg-config meson ninja-build
    librandom123-dev libxxhash-dev libyaml-dev libjansson-dev libsqlite3-dev
    libjpeg62-turbo-dev libpng-dev zlib1g-dev
    libcmocka-dev gnuplot-nox dataset-fashion-mnist
)

# Those that ./check needs beside them: what the build takes where it is there, and for tests, a cluster on loopback and
# photographs.
optional_packages=(libopenmpi-dev openmpi-bin slurm-wlm munge palapeli-data libjpeg-turbo-progs)

say() {
    printf '== %s\n' "$*"
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed$' || echo "$package"
    done
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

# need_packages NAME...: installs those that are missing, without a question.
need_packages() {
    local -a missing
    if ! command -v dpkg-query >/dev/null; then
        say "This is not a Debian system: going on with what is installed. Needed are: $*"
        return
    fi
    mapfile -t missing < <(missing_packages "$@")
    if [[ ${#missing[@]} == 0 ]]; then
        say "All Debian packages are installed"
        return
    fi
    if [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
        fail "these packages are missing, and only root can install them: apt-get install ${missing[*]}"
    fi
    say "Installing Debian packages: ${missing[*]}"
    as_root apt-get update -q || say "apt-get update failed; trying with the lists that are here"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "${missing[@]}" || fail "apt-get could not install: ${missing[*]}"
}

# configure DIR OPTION...: a Meson build folder with these options, whatever was there before.
configure() {
    local dir=$1
    shift
    if [[ -f $dir/build.ninja ]]; then
        meson setup --reconfigure "$dir" "$@" >"$dir/configure.log" 2>&1 && return
        say "$dir does not fit any more: making it anew"
        rm -rf "$dir"
    fi
    mkdir -p "$dir"
    meson setup "$dir" "$@" >"$dir/configure.log" 2>&1 || {
        cat "$dir/configure.log" >&2
        fail "Meson could not configure $dir; the lines above say why"
    }
}

# build DIR [TARGET...]: compiles; prints the commands' output only when one fails.
build() {
    local dir=$1
    ninja -C "$@" >"$dir/build.log" 2>&1 || {
        grep -v '^\[[0-9]*/[0-9]*\] \(Compiling\|Linking\|Generating\)' "$dir/build.log" >&2
        fail "the build in $dir failed; the lines above say why"
    }
}
