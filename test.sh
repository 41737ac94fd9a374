#!/usr/bin/env bash
# Installs what the tests need where it can, builds everything, runs all tests, and ends with one line: N passed, N failed
set -euo pipefail
cd "$(dirname "$0")"

configuration=Release

# The tests use real components: a real redis-server, redis-cli and redis-benchmark, python3-redis, python3-cbor2 for hash vectors, chromium for the console, and kubectl, which builds the manifests.
install_missing() {
  local missing=() entry
  for entry in redis-server:redis-server redis-cli:redis-tools redis-benchmark:redis-tools chromium:chromium; do
    command -v "${entry%%:*}" >/dev/null || missing+=("${entry##*:}")
  done
  for entry in redis cbor2; do
    /usr/bin/python3 -c "import $entry" 2>/dev/null || missing+=("python3-$entry")
  done
  # Debian 12's kubectl is too old for components, Debian 13's is not. Where there is none of 1.21 or later its tests fail and say so.
  if ! command -v kubectl >/dev/null; then
    { command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ] && apt-get update; } >/dev/null 2>&1 || true
    local candidate
    candidate="$(apt-cache policy kubernetes-client 2>/dev/null | sed -n 's/^ *Candidate: *//p')"
    if [ -n "$candidate" ] && dpkg --compare-versions "$candidate" ge 1.21; then
      missing+=(kubernetes-client)
    else
      echo "Missing: kubectl of version 1.21 or later, which no package here has. Install it; the tests of the manifests fail without." >&2
    fi
  fi
  [ ${#missing[@]} -eq 0 ] && return
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo "Missing: ${missing[*]} (Debian's package names). Install them; the tests that need them fail without." >&2
    return
  fi
  echo "Installing ${missing[*]}"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >/tmp/kvorleans-apt.$$ 2>&1 ||
    { tail -20 /tmp/kvorleans-apt.$$ >&2; echo "Could not install ${missing[*]}; the tests that need them will fail." >&2; }
  rm -f /tmp/kvorleans-apt.$$
}

install_missing

echo "Building"
dotnet build KvOrleans.sln -c "$configuration" -v quiet -nologo

passed=0
failed=0
for project in tests/*.Tests; do
  name="KvOrleans.$(basename "$project")"
  runner="$project/bin/$configuration/net10.0/$name"
  log="$(mktemp)"
  echo "== $name"
  status=0
  timeout 900 "$runner" -noLogo -noColor -failSkips >"$log" 2>&1 || status=$?
  summary="$(grep -E "$name +Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+" "$log" | tail -1 || true)"
  if [ -z "$summary" ]; then
    # No summary: the runner crashed, hung, or was not built. That is a failure, whatever its exit code.
    tail -50 "$log"
    failed=$((failed + 1))
  else
    read -r total errors bad < <(sed -E 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+).*/\1 \2 \3/' <<<"$summary")
    bad=$((bad + errors))
    [ "$bad" -eq 0 ] && [ "$status" -ne 0 ] && bad=1
    [ "$bad" -eq 0 ] || grep -vE '^\s+(Discover|Start|Finish)' "$log" | tail -150
    echo "  ${summary#*"$name"}"
    failed=$((failed + bad))
    passed=$((passed + (total > bad ? total - bad : 0)))
  fi
  rm -f "$log"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
