# The row `cold` of scripts/bench-vs-redis, which sources this: random GETs of data ten times the memory that the
# server and its cached files may have, beside what the disk gives to fio.
#
# Memory is bounded by a control group, because the page cache counts: without one, Linux would keep all of the
# data in memory and no read would reach the disk.

COLD_SECONDS=20
COLD_READERS=16
COLD_RECORD_BYTES=1000
COLD_BLOCK_BYTES=4096
COLD_AIM=0.6
COLD_JVM_BYTES=$((192 << 20))

# Makes the control group for $1 bytes; versions 1 and 2 of them differ in names only. Sets memory_group.
bound_memory() {
  local root=/sys/fs/cgroup limit=memory.max
  if [ -d /sys/fs/cgroup/memory ]; then
    root=/sys/fs/cgroup/memory limit=memory.limit_in_bytes
  fi
  memory_group="$root/varve-bench-$$"
  mkdir "$memory_group" 2>/dev/null || return 1
  echo "$1" 2>/dev/null >"$memory_group/$limit"
}

# After the last process in it has ended.
remove_memory_bound() {
  if [ -n "${memory_group:-}" ] && [ -d "$memory_group" ]; then
    rmdir "$memory_group"
  fi
}

# The most memory, and the bytes read from the disk, of a process.
resident_peak() {
  awk '/^VmHWM:/ { print int($2 / 1024) }' "/proc/$1/status"
}
bytes_read() {
  awk '/^read_bytes:/ { print $2 }' "/proc/$1/io"
}

load_on() {
  "$ROOT/scripts/load" --port "${PORT[$1]}" --workload get --keys "$2" --value-bytes "$COLD_RECORD_BYTES" \
    --json "$scratch/load.json" "${@:3}" >"$scratch/load.log" 2>&1 || { cat "$scratch/load.log" >&2; return 1; }
}

# The last rate in it is that of the measured phase.
rate_of_load() {
  awk -F '[:,]' '/"perSecond"/ { rate = $2 } END { printf "%d\n", rate }' "$scratch/load.json"
}

rate_of_disk() {
  fio --name=cold --filename="$scratch/fio" --size="$COLD_BYTES" --rw=randread --bs="$COLD_BLOCK_BYTES" \
    --direct=1 --ioengine=psync --thread --numjobs="$COLD_READERS" --group_reporting \
    --time_based --runtime="$COLD_SECONDS" --minimal | awk -F ';' '{ print $8 }'
}

median_of() {
  sort -n "$1" | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

cold_reads() {
  if ! command -v fio >/dev/null; then
    echo "cold: skipped, there is no fio (Debian: apt install fio)"
    return
  fi
  local limit=$((COLD_BYTES / 10))
  if [ "$limit" -lt $((COLD_JVM_BYTES + (128 << 20))) ]; then
    echo "cold: skipped, a tenth of $COLD_BYTES bytes is too little memory for a server"
    return
  fi
  if ! bound_memory "$limit"; then
    remove_memory_bound
    echo "cold: skipped, no control group can be made here that bounds memory (run as root)"
    return
  fi
  # A quarter each for heap, row cache, block cache and memtables of what the JVM itself does not take.
  local part=$(((limit - COLD_JVM_BYTES) / 4)) keys=$((COLD_BYTES / COLD_RECORD_BYTES)) name="varve no"
  export VARVE_JAVA_OPTS="-Xms$((part >> 20))m -Xmx$((part >> 20))m ${VARVE_JAVA_OPTS:-}"
  start varve no --row-cache-bytes "$part" --block-cache-bytes "$part" --compression none \
    --memtable-bytes $((part / 4)) --sealed-memtables-max 2 --reader-threads "$COLD_READERS" \
    --block-bytes "$COLD_BLOCK_BYTES"
  unset VARVE_JAVA_OPTS
  echo "cold: loading $keys records of $COLD_RECORD_BYTES bytes" >&2
  load_on "$name" "$keys" --load-only
  settle "$name"
  local round before gets=0 read=0
  for round in $(seq "$ROUNDS"); do
    echo "cold: round $round of $ROUNDS" >&2
    rate_of_disk >>"$scratch/cold-disk"
    before=$(bytes_read "${PID[$name]}")
    load_on "$name" "$keys" --no-load --warm-up-seconds 0 --seconds "$COLD_SECONDS"
    read=$((read + $(bytes_read "${PID[$name]}") - before))
    gets=$((gets + $(rate_of_load) * COLD_SECONDS))
    rate_of_load >>"$scratch/cold-varve"
  done
  local disk varve
  disk=$(median_of "$scratch/cold-disk")
  varve=$(median_of "$scratch/cold-varve")
  awk -v disk="$disk" -v varve="$varve" -v aim="$COLD_AIM" -v limit="$((limit >> 20))" -v read="$read" -v gets="$gets" \
    -v resident="$(resident_peak "${PID[$name]}")" -v data="$(($(du -sk "$scratch/varve-no" | cut -f 1) >> 10))" \
    -v rounds="$ROUNDS" -v readers="$COLD_READERS" -v block="$COLD_BLOCK_BYTES" 'BEGIN {
      printf "\ncold: random GETs, %d MiB of data, %d MiB of memory for Varve and its cached files together\n", data, limit
      printf "%d GETs per second, fio %d reads (%d threads, %d bytes, direct): %.2f, aim %.1f%s; medians of %d rounds\n", varve, disk, readers, block, varve / disk, aim, (varve < aim * disk ? " *" : ""), rounds
      printf "%.1f KiB read from the disk per GET; at most %d MiB resident, of %d\n", read / gets / 1024, resident, limit
    }'
  if [ -n "$JSON" ]; then
    printf '{"getsPerSecond": %s, "diskReadsPerSecond": %s, "aim": %s, "memoryMib": %d, "residentMibMax": %d}\n' \
      "$varve" "$disk" "$COLD_AIM" $((limit >> 20)) "$(resident_peak "${PID[$name]}")" >"${JSON%.json}-cold.json"
  fi
}
