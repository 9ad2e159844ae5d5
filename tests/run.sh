#!/usr/bin/env bash
# Runs every test and closes with one line: N passed, N failed, N skipped.
# Installs what tests need where it may (Debian, as root), else uses what is there, else says what is missing; each test that is
# skipped is named with its reason. Arguments go on to `dotnet test`: bash tests/run.sh --filter FullyQualifiedName~Hosting
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

give_up() {
  echo "$1"
  echo "0 passed, 0 failed, 0 skipped"
  exit 1
}

# need_library WHY PATTERN PACKAGE...: unless the dynamic linker knows a library of that name, installs the first of the packages that there is.
need_library() {
  local why=$1 pattern=$2 package
  shift 2
  PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q "$pattern" && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >/dev/null 2>&1
    for package in "$@"; do
      if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1; then
        echo "installed $package: $why"
        return
      fi
    done
  fi
  echo "missing: one of $* ($why); what needs it fails or is skipped below, and says so"
}

# need_broker: unless RabbitMQ's server is there, installs it. Never starts it: the tests start their own, on ports and in folders of their own.
need_broker() {
  compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    local policy=/usr/sbin/policy-rc.d mine=
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && mine=yes; }
    apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rabbitmq-server >/dev/null 2>&1 && echo "installed rabbitmq-server: what server mode runs on"
    [ -z "$mine" ] || rm -f "$policy"
  fi
  compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' >/dev/null ||
    echo "missing: rabbitmq-server (what server mode runs on); what needs it is skipped below, and says so"
}

# need_browser: unless Chromium is there, installs it.
need_browser() {
  [ -x /usr/bin/chromium ] && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 && echo "installed chromium: what the snippet runs in"
  fi
  [ -x /usr/bin/chromium ] || echo "missing: /usr/bin/chromium (what the snippet runs in); what needs it is skipped below, and says so"
}

command -v dotnet >/dev/null || give_up "The .NET 10 SDK is missing: install it and put dotnet on the PATH."
need_library "the texts of the world's languages" libicuuc libicu72 libicu76 libicu74 libicu70
need_broker
need_browser

echo "building"
# No build servers: one that outlives the run would hold its folder.
dotnet build Attribution.sln --nologo -v q -nodeReuse:false --property:UseSharedCompilation=false || give_up "The build failed."

results=$(mktemp -d) || exit 1
trap 'rm -rf "$results"' EXIT
trap 'trap - INT; kill 0' INT # What runs in the background does not hear of it by itself.

# run PROJECT...: runs one after the other and writes what each said when it is over.
run() {
  local project name
  for project in "$@"; do
    name=$(basename "$project" .csproj)
    echo "running $name"
    dotnet test "$project" --no-build --nologo --results-directory "$results" --logger "trx;LogFileName=$name.trx" "${arguments[@]}" >"$results/$name.txt" 2>&1 ||
      grep -q '^Failed! ' "$results/$name.txt" || echo "failed: $name broke off" >>"$results/$name.txt" # A run that breaks off reports no failed test of its own.
    cat "$results/$name.txt"
  done
}

# Tests of processes wait more than they work: they run beside the others.
arguments=("$@")
mapfile -t projects < <(grep -l 'Microsoft.NET.Test.Sdk' tests/*/*.csproj)
run tests/Attribution.IntegrationTests/*.csproj &
run $(printf '%s\n' "${projects[@]}" | grep -v IntegrationTests)
wait
broken=$(cat "$results"/*.txt | grep -c '^failed: .* broke off$')

# The runner's closing lines: Passed!  - Failed: 0, Passed: 5, Skipped: 1, …
sum() { cat "$results"/*.txt 2>/dev/null | grep -E '^(Passed|Failed|Skipped)! ' | sed -nE "s/.*[ ,-]$1: +([0-9]+).*/\1/p" | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum Passed)
failed=$(($(sum Failed) + broken))
skipped=$(sum Skipped)

# What the reader of the last lines wants to know: which, and why.
named() {
  awk -v want="$1" -v say="$2" 'BEGIN { RS = "<UnitTestResult " } NR > 1 && match($0, /outcome="[A-Za-z]+"/) && substr($0, RSTART + 9, RLENGTH - 10) == want {
    name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name)
    why = ""
    if (match($0, /<Message>[^<]*/)) { why = substr($0, RSTART + 9, RLENGTH - 9); gsub(/[\r\n]+ */, " ", why) }
    line = say ": " name (why == "" ? "" : ": " substr(why, 1, 200))
    gsub(/&quot;/, "\"", line); gsub(/&lt;/, "<", line); gsub(/&gt;/, ">", line); gsub(/&amp;/, "\\&", line)
    print line
  }' "$results"/*.trx 2>/dev/null
}
echo
named NotExecuted skipped
named Failed failed
[ $((passed + failed)) -gt 0 ] || echo "No test ran."
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
