# Runs Maven on the JDK 25 that find-jdk.sh found. To be sourced after it, with ROOT set.

require_maven() {
  if ! command -v mvn >/dev/null; then
    echo "Varve is built with Maven (3.8.6 or later) and found no mvn: install it (Debian: apt install maven; macOS: brew install maven; SDKMAN: sdk install maven)." >&2
    exit 1
  fi
}

# Maven's own libraries use what JDK 25 warns about; our output should not begin with that.
run_maven() {
  (
    cd "$ROOT" || exit 1
    export MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
    exec mvn "$@"
  )
}
