# SPDX-License-Identifier: Apache-2.0
# What scripts/demo and scripts/test share: the packages of each Debian release, and the build. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# As root, or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# What building needs.
build_packages() {
    local common="g++ meson ninja-build pkg-config ccache python3 dbus polkitd libsystemd-dev libssl-dev libyaml-cpp-dev
        libgpiod-dev libgps-dev libmosquitto-dev libpcre2-dev libsdbus-c++-dev libsdbus-c++-bin libfmt-dev libsqlitecpp-dev libsqlite3-dev
        libhwy-dev libcli11-dev libqrencode-dev"
    case "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" in
        bookworm) echo $common libboost1.81-dev libboost-json1.81-dev ;;
        *) echo $common libboost-dev libboost-json-dev systemd-dev ;;
    esac
}

# And what the tests and benchmarks need: libraries, and the programs they call.
packages() {
    echo $(build_packages) mosquitto mosquitto-clients libgtest-dev libgmock-dev libbenchmark-dev python3-dbus python3-gi git openssl systemd procps iproute2 util-linux
}

# install_packages NAME...: those that are not there yet; no network is touched when none is missing.
install_packages() {
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} = 0 ] && return 0
    command -v apt-get >/dev/null || die "these packages are needed and there is no apt-get: ${missing[*]}"
    say "installing ${#missing[@]} packages: ${missing[*]}"
    as_root apt-get update -qq </dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        </dev/null >"${TMPDIR:-/tmp}/pegasus-packages.log" 2>&1 ||
        { tail -20 "${TMPDIR:-/tmp}/pegasus-packages.log" >&2; die "the packages could not be installed"; }
}

# Node.js with npm, for the stock IOTA clients of the interop tests: whichever there is, else Debian's.
install_node() {
    command -v node >/dev/null && command -v npm >/dev/null && return 0
    install_packages nodejs npm
}

# How many compilers at a time: as many as there are processors, but no more than fit into the memory that is free. No process
# needs more than 400 MB (g++ 12; CONTRIBUTING.md says how to measure).
job_count() {
    local processors kilobytes fit
    processors=$(nproc)
    kilobytes=$(awk '/^MemAvailable:/ {print $2}' "${PEGASUS_MEMINFO:-/proc/meminfo}")
    fit=$((${kilobytes:-0} / 400000))
    [ "$fit" -ge 1 ] || fit=1
    echo $((fit < processors ? fit : processors))
}

# configure FOLDER OPTION...: once; later calls set the options again, in case something else had been chosen there.
configure() {
    local folder=$1 werror=false again=()
    shift
    # Warnings are errors where the compiler is the one we test with; g++ 14 has false positives of its own at -O2.
    case "$(g++ -dumpversion)" in 12*) werror=true ;; esac
    if [ ! -f "$folder/build.ninja" ]; then
        say "configuring $folder/"
    elif [ $# -gt 0 ]; then
        again=(--reconfigure)
    else
        return 0
    fi
    CXX="${CXX:-ccache g++}" meson setup "$folder" "${again[@]}" -Dwerror=$werror "$@" >"$folder-setup.log" 2>&1 ||
        { tail -20 "$folder-setup.log" >&2; die "meson setup failed"; }
    mv "$folder-setup.log" "$folder/setup.log"
}

# compile FOLDER TARGET...: all without any.
compile() {
    local folder=$1 began=$SECONDS
    shift
    say "building in $folder/ (the first time takes some minutes)"
    if [ -t 2 ]; then
        ninja -C "$folder" -j "$(job_count)" "$@" >&2
    else
        ninja -C "$folder" -j "$(job_count)" "$@" >"$folder/build.log" 2>&1 ||
            { tail -60 "$folder/build.log" >&2; die "the build failed"; }
    fi
    say "built in $((SECONDS - began)) s"
}

export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1  # a second clone finds what the first has compiled

# build TARGET...: what is worked with, with tests, in build/.
build() {
    cd "$root"
    configure build
    compile build "$@"
}

# build_in FOLDER OPTION...: everything, so configured.
build_in() {
    cd "$root"
    configure "$@"
    compile "$1"
}
