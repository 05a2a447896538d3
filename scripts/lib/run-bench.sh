# Builds the benchmarks when they are older than their sources. To be sourced after run-varve.sh.

BENCH="$ROOT/bench/target/bench"
BENCH_JAR="$BENCH/lib/varve-bench.jar"
BENCH_JAVA_FLAGS=(--enable-native-access=ALL-UNNAMED -Xmx1g -Djava.awt.headless=true)

bench_is_built() {
  [ -f "$BENCH/built" ] && [ -f "$BENCH_JAR" ] \
    && [ -z "$(find "$ROOT/pom.xml" "$ROOT"/*/pom.xml "$ROOT"/*/src/main -newer "$BENCH/built" -print | head -n 1)" ]
}

build_bench_if_needed() {
  bench_is_built && return
  require_maven
  mkdir -p "$BENCH"
  echo "building the benchmarks…" >&2
  touch "$BENCH/building"
  if ! run_maven -B -q -Dquick package >"$BENCH/build.log" 2>&1; then
    cat "$BENCH/build.log" >&2
    echo "The build failed; its output stands above and in $BENCH/build.log." >&2
    exit 1
  fi
  mv "$BENCH/building" "$BENCH/built"
}
