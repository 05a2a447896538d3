# The ratios of scripts/bench-vs-redis, from lines
#   aim ROW AIM-AT-1 AIM-AT-16 AIM-AT-64
#   ROW PIPELINE ROUND SIDE PER-SECOND P99-MS
# form: table (Markdown) or json. The ratio is that of the medians; beside it stand the smallest and largest ratio
# of a round.

$1 == "aim" {
  aim[$2, 1] = $3
  aim[$2, 16] = $4
  aim[$2, 64] = $5
  next
}

{
  rate[$1, $2, $4, $3] = $5
  p99[$1, $2, $4, $3] = $6
}

# The median of the rounds of values[row, pipeline, side, 1…]; of an even count the lower one.
function median(values, row, pipeline, side,    sorted, i, j, held) {
  for (i = 1; i <= rounds; i++) {
    held = values[row, pipeline, side, i] + 0
    for (j = i - 1; j >= 1 && sorted[j] > held; j--) sorted[j + 1] = sorted[j]
    sorted[j + 1] = held
  }
  return sorted[int((rounds + 1) / 2)]
}

function over(a, b) {
  return b > 0 ? a / b : 0
}

function ratio(row, pipeline) {
  return over(median(rate, row, pipeline, "varve"), median(rate, row, pipeline, "redis"))
}

# Sets lowest and highest.
function spread(row, pipeline,    i, of_round) {
  for (i = 1; i <= rounds; i++) {
    of_round = over(rate[row, pipeline, "varve", i], rate[row, pipeline, "redis", i])
    if (i == 1 || of_round < lowest) lowest = of_round
    if (i == 1 || of_round > highest) highest = of_round
  }
}

function of_rounds(values, row, pipeline, side,    text, i) {
  for (i = 1; i <= rounds; i++) text = text (i > 1 ? ", " : "") values[row, pipeline, side, i] + 0
  return "[" text "]"
}

function table(    r, p, reached) {
  printf "Varve : redis-server %s, requests per second; ratio of the medians of %d rounds (smallest to largest of a round), aim.\n", redis, rounds
  printf "redis-benchmark, %d clients, %d keys, values of %d bytes; %d processors, load average at the start %s. * below the aim\n\n", clients, keys, value_bytes, processors, load
  printf "| |"
  for (p = 1; p <= pipeline_count; p++) printf " P=%d |", pipeline[p]
  printf "\n|---|"
  for (p = 1; p <= pipeline_count; p++) printf "---|"
  printf "\n"
  for (r = 1; r <= row_count; r++) {
    printf "| %s |", name[r]
    for (p = 1; p <= pipeline_count; p++) {
      spread(name[r], pipeline[p])
      reached = ratio(name[r], pipeline[p]) >= aim[name[r], pipeline[p]]
      printf " %.2f (%.2f to %.2f), aim %.1f%s |", ratio(name[r], pipeline[p]), lowest, highest, aim[name[r], pipeline[p]], reached ? "" : " *"
    }
    printf "\n"
  }
  printf "\nThe medians: thousand requests per second of redis and Varve (p99 in ms)\n\n| |"
  for (p = 1; p <= pipeline_count; p++) printf " P=%d |", pipeline[p]
  printf "\n|---|"
  for (p = 1; p <= pipeline_count; p++) printf "---|"
  printf "\n"
  for (r = 1; r <= row_count; r++) {
    printf "| %s |", name[r]
    for (p = 1; p <= pipeline_count; p++)
      printf " %.1f, %.1f (%.1f, %.1f) |", median(rate, name[r], pipeline[p], "redis") / 1000, median(rate, name[r], pipeline[p], "varve") / 1000, median(p99, name[r], pipeline[p], "redis"), median(p99, name[r], pipeline[p], "varve")
    printf "\n"
  }
}

function side(row, p, which) {
  return sprintf("{\"median\": %.0f, \"rounds\": %s, \"p99Millis\": %s}", median(rate, row, p, which), of_rounds(rate, row, p, which), of_rounds(p99, row, p, which))
}

function json(    r, p, first) {
  printf "{\n  \"started\": \"%s\",\n  \"redis\": \"%s\",\n  \"processors\": %d,\n  \"loadAverage\": %s,\n", started, redis, processors, load
  printf "  \"clients\": %d,\n  \"keys\": %d,\n  \"valueBytes\": %d,\n  \"rounds\": %d,\n  \"rows\": [", clients, keys, value_bytes, rounds
  first = 1
  for (r = 1; r <= row_count; r++)
    for (p = 1; p <= pipeline_count; p++) {
      spread(name[r], pipeline[p])
      printf "%s\n    {\"row\": \"%s\", \"pipeline\": %d, \"aim\": %s, \"ratio\": %.3f, \"smallest\": %.3f, \"largest\": %.3f,\n", first ? "" : ",", name[r], pipeline[p], aim[name[r], pipeline[p]], ratio(name[r], pipeline[p]), lowest, highest
      printf "     \"redis\": %s,\n     \"varve\": %s}", side(name[r], pipeline[p], "redis"), side(name[r], pipeline[p], "varve")
      first = 0
    }
  printf "\n  ]\n}\n"
}

END {
  row_count = split(rows, name, " ")
  pipeline_count = split(pipelines, pipeline, " ")
  if (form == "json") json()
  else table()
}
