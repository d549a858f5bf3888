# Shared by the scripts: what they say, what they need, how they fail. To be sourced.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# Installs the Debian packages that are not there yet.
need_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null || fail "these Debian packages are missing: ${missing[*]}. Install them and try again."
    local root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            fail "these packages are missing: ${missing[*]}. Run 'apt-get install ${missing[*]}' as root and try again."
        root=(sudo)
    fi
    say "Installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    "${root[@]}" apt-get update -qq || fail "apt-get update failed. Check the network and /etc/apt/sources.list."
    "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        fail "apt-get could not install ${missing[*]}. Its message above says why."
}

# Finds Swift 6.3 or newer, in the PATH or in /opt/swift.
need_swift() {
    command -v swift >/dev/null || { [ -x /opt/swift/usr/bin/swift ] && PATH="/opt/swift/usr/bin:$PATH"; } ||
        fail "Swift is not installed. Unpack Swift 6.3 from swift.org into /opt/swift, or put it on the PATH."
    local version
    version=$(swift --version 2>&1 | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    [ "$(printf '6.3\n%s\n' "$version" | sort -V | head -n 1)" = 6.3 ] ||
        fail "Swift $version is too old. Postern needs Swift 6.3 or newer."
}

# What building and running need; the same list for start and test.
need_toolchain() {
    need_packages pkg-config curl libcurl4-openssl-dev libssl-dev liburing-dev libxxhash-dev node-llhttp openssl zlib1g-dev tzdata
    need_swift
}
