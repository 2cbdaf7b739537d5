# Read by the other scripts; not run by itself.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
stamps="build/stamps"

# Objects are shared between the build folders of one machine.
export CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=time_macros CCACHE_BASEDIR="$root"

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
complain() { printf '\033[1;31m== %s\033[0m\n' "$*" >&2; }

# One hash over the content of what is named (files, or folders without what is generated in them).
hash_of() {
  find "$@" -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# is_current NAME HASH: true when NAME was last finished with that very input.
is_current() { [ -f "$stamps/$1" ] && [ "$(cat "$stamps/$1")" = "$2" ]; }
mark_current() { mkdir -p "$stamps"; printf '%s' "$2" > "$stamps/$1"; }
