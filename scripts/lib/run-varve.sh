# Builds the distribution when it is older than its sources, and runs it. To be sourced.
# VARVE_BUILD=no takes the distribution as it is: for tests that run while Maven builds.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
DISTRIBUTION="$ROOT/server/target/varve"

# shellcheck source=find-jdk.sh
. "$ROOT/scripts/lib/find-jdk.sh"
# shellcheck source=maven.sh
. "$ROOT/scripts/lib/maven.sh"

# The stamp bears the time at which the last build began: what was edited meanwhile is built again.
is_built() {
  local stamp="$DISTRIBUTION/built"
  [ -f "$stamp" ] && [ -f "$DISTRIBUTION/lib/varve-server.jar" ] || return 1
  local part paths=("$ROOT/pom.xml")
  for part in protocol engine server; do
    paths+=("$ROOT/$part/pom.xml")
    if [ -d "$ROOT/$part/src/main" ]; then
      paths+=("$ROOT/$part/src/main")
    fi
  done
  [ -z "$(find "${paths[@]}" -newer "$stamp" -print | head -n 1)" ]
}

build() {
  local log="$ROOT/server/target/build.log"
  require_maven
  mkdir -p "$DISTRIBUTION"
  echo "building…" >&2
  touch "$DISTRIBUTION/building"
  if ! run_maven -B -q -Dquick -pl server -am package >"$log" 2>&1; then
    cat "$log" >&2
    echo "The build failed; its output stands above and in $log." >&2
    exit 1
  fi
  mv "$DISTRIBUTION/building" "$DISTRIBUTION/built"
}

build_if_needed() {
  if [ "${VARVE_BUILD:-}" = no ] && [ -f "$DISTRIBUTION/lib/varve-server.jar" ]; then
    return
  fi
  is_built && return
  # One build at a time: several servers are often started together.
  mkdir -p "$DISTRIBUTION"
  if command -v flock >/dev/null; then
    exec 9>"$DISTRIBUTION/lock"
    flock 9
  fi
  is_built || build
  exec 9>&-
}

# Sets flags: those of the JVM that every start has.
choose_flags() {
  flags=(
    --enable-native-access=ALL-UNNAMED
    -XX:+UseCompactObjectHeaders
  )
  case " ${VARVE_JAVA_OPTS:-}" in
    *" -Xmx"* | *" -XX:MaxRAM"* | *" -XX:MaxHeapSize"*) ;;
    *) flags+=(-Xms256m -Xmx1g) ;;
  esac
  # Only where there are huge pages: the JVM warns, or refuses to start, elsewhere.
  if grep -qE '\[(always|madvise)\]' /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null; then
    flags+=(-XX:+UseTransparentHugePages)
  fi
}

# shellcheck source=start-cache.sh
. "$ROOT/scripts/lib/start-cache.sh"

run_varve() {
  require_jdk
  build_if_needed
  local flags
  choose_flags
  if start_cache_is_current; then
    flags+=("${START_CACHE_FLAGS[@]}")
  fi
  # Unquoted: VARVE_JAVA_OPTS is a list of flags; later flags win.
  # shellcheck disable=SC2086
  exec "$JAVA_HOME/bin/java" "${flags[@]}" ${VARVE_JAVA_OPTS:-} -jar "$DISTRIBUTION/lib/varve-server.jar" "$@"
}
