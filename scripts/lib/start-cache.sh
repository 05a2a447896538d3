# The classes of a server as the JVM has them in memory once they are loaded and linked (JEP 483, 514), so that the next
# start need not do it again. Sourced by run-varve.sh.
#
#   make_start_cache          makes it where it is missing or old; takes some seconds, and never fails
#   start_cache_is_current    whether there is one for this build and this JDK
#
# VARVE_AOT=no does without. A JVM that cannot use the file, because other flags were given for example, goes on
# without it and, with the flags below, says nothing.

# shellcheck source=free-port.sh
. "$ROOT/scripts/lib/free-port.sh"

START_CACHE="$DISTRIBUTION/varve.aot"
START_CACHE_FLAGS=("-XX:AOTCache=$START_CACHE" -Xlog:aot=off -Xlog:cds=off)

start_cache_is_current() {
  [ "${VARVE_AOT:-}" != no ] && [ -f "$START_CACHE" ] \
    && [ "$START_CACHE" -nt "$DISTRIBUTION/lib/varve-server.jar" ] && [ "$START_CACHE" -nt "$JAVA_HOME/release" ]
}

# One line of what a server says to PING, or nothing.
first_answer() {
  local reply
  (exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'PING\r\n' >&3 && IFS= read -r -t 2 reply <&3 \
    && printf '%s\n' "${reply%$'\r'}") 2>/dev/null
}

make_start_cache() {
  if [ "${VARVE_AOT:-}" = no ] || start_cache_is_current || [ ! -w "$DISTRIBUTION" ]; then
    return 0
  fi
  echo "preparing faster starts…" >&2
  local made="$START_CACHE.$$" folder
  folder=$(mktemp -d)
  if train_start_cache "$made" "$folder" >"$DISTRIBUTION/varve.aot.log" 2>&1 && [ -f "$made" ]; then
    # As a whole or not at all: others may be starting servers.
    mv -f "$made" "$START_CACHE"
  fi
  rm -rf "$folder" "$made" "$made.config"
}

# A server that starts, answers a few commands and stops; what it has loaded is the cache.
train_start_cache() {
  local flags pid port answer=
  choose_flags
  port=$(free_port) || return 1
  "$JAVA_HOME/bin/java" "${flags[@]}" -XX:AOTCacheOutput="$1" -jar "$DISTRIBUTION/lib/varve-server.jar" \
    serve --port "$port" --admin-port 0 --dir "$2/store" &
  pid=$!
  for _ in $(seq 600); do
    answer=$(first_answer "$port") && [ "$answer" = +PONG ] && break
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.05
  done
  if [ "$answer" = +PONG ]; then
    (exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'SET a b\r\nGET a\r\nINFO\r\nQUIT\r\n' >&3 && cat <&3 >/dev/null)
  fi
  kill "$pid" 2>/dev/null
  wait "$pid"
}
