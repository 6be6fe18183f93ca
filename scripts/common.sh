# SPDX-License-Identifier: Apache-2.0
# What scripts/demo and scripts/test share: the packages of each Debian release, and the build. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# As root, or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

packages() {
    local common="g++ meson ninja-build pkg-config ccache python3 python3-dbus python3-gi dbus polkitd libsystemd-dev libssl-dev libyaml-cpp-dev
        libgpiod-dev libsdbus-c++-dev libsdbus-c++-bin libexpected-dev libfmt-dev libsqlitecpp-dev libsqlite3-dev
        libhwy-dev libcli11-dev libqrencode-dev libgtest-dev libgmock-dev libbenchmark-dev"
    case "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" in
        bookworm) echo $common libboost1.81-dev libboost-json1.81-dev ;;
        *) echo $common libboost-dev libboost-json-dev systemd-dev ;;
    esac
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

# build TARGET...: configures build/ once and builds the targets (all without any).
build() {
    cd "$root"
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1  # a second clone finds what the first has compiled
    if [ ! -f build/build.ninja ]; then
        say "configuring build/"
        # Warnings are errors where the compiler is the one we test with; g++ 14 has false positives of its own at -O2.
        local werror=false
        case "$(g++ -dumpversion)" in 12*) werror=true ;; esac
        CXX="${CXX:-ccache g++}" meson setup build -Dwerror=$werror >build-setup.log 2>&1 ||
            { tail -20 build-setup.log >&2; die "meson setup failed"; }
        mv build-setup.log build/
    fi
    say "building (the first time takes some minutes)"
    local began=$SECONDS
    if [ -t 2 ]; then
        ninja -C build "$@" >&2
    else
        ninja -C build "$@" >build/build.log 2>&1 || { tail -60 build/build.log >&2; die "the build failed"; }
    fi
    say "built in $((SECONDS - began)) s"
}
