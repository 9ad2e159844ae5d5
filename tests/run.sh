#!/usr/bin/env bash
# Runs the tests and closes with one line: N passed, N failed, N skipped.
#   bash tests/run.sh              the short form, as CI runs it: every test that is not marked long
#   bash tests/run.sh --long       only the tests marked long ([Trait("Category", "Long")])
#   bash tests/run.sh --filter …   other arguments go to `dotnet test`: --filter FullyQualifiedName~Access
# Installs what the tests need (Debian, as root), or uses what is installed, or reports what is missing. Each skipped test is
# listed with its reason, the ten slowest tests with their durations, and at the end what the tests ran on.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

give_up() {
  echo "$1"
  echo "0 passed, 0 failed, 0 skipped"
  exit 1
}

# need_library WHY PATTERN PACKAGE...: installs the first available package unless the dynamic linker knows a library of that name.
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
  echo "missing: one of $* ($why); tests that need it fail or are skipped, with the reason"
}

# need_broker: installs RabbitMQ's server unless it is installed. Never starts it: the tests start nodes of their own, in temporary folders.
need_broker() {
  compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    local policy=/usr/sbin/policy-rc.d mine=
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && mine=yes; }
    apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rabbitmq-server >/dev/null 2>&1 && echo "installed rabbitmq-server: the broker of server mode"
    [ -z "$mine" ] || rm -f "$policy"
  fi
  compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' >/dev/null ||
    echo "missing: rabbitmq-server (the broker of server mode); tests that need it are skipped, with the reason"
}

# need_browser: installs Chromium unless it is installed.
need_browser() {
  [ -x /usr/bin/chromium ] && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 && echo "installed chromium: the browser for page and snippet"
  fi
  [ -x /usr/bin/chromium ] || echo "missing: /usr/bin/chromium (the browser for page and snippet); tests that need it are skipped, with the reason"
}

# need_program WHY PROGRAM PACKAGE: installs a package unless its program is on the PATH. Starts no service.
need_program() {
  command -v "$2" >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    local policy=/usr/sbin/policy-rc.d mine=
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && mine=yes; }
    apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$3" >/dev/null 2>&1 && echo "installed $3: $1"
    [ -z "$mine" ] || rm -f "$policy"
  fi
  command -v "$2" >/dev/null || echo "missing: $2 ($1); tests that need it are skipped, with the reason"
}

# need_module WHY MODULE PACKAGE: installs a package unless Debian's Python has its module.
need_module() {
  [ -d "/usr/lib/python3/dist-packages/$2" ] && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$3" >/dev/null 2>&1 && echo "installed $3: $1"
  fi
  [ -d "/usr/lib/python3/dist-packages/$2" ] || echo "missing: $2 ($1); tests that need it are skipped, with the reason"
}

command -v dotnet >/dev/null || give_up "The .NET 10 SDK is missing: install it and put dotnet on the PATH."
need_library "text rules of all languages" libicuuc libicu72 libicu76 libicu74 libicu70
need_broker
need_browser
need_program "a reader of QR codes" zbarimg zbar-tools
need_program "clocks that are set while a host runs" faketime faketime
need_program "the tests of alerts" promtool prometheus
need_program "the plug-in of WooCommerce" php php-cli
need_program "a host behind a proxy" nginx nginx-light
need_program "a host behind a proxy" caddy caddy
need_program "a producer by rabbitmq-c" amqp-publish amqp-tools
need_module "a producer by pika" pika python3-pika
# Large, and needed by one test of the long form only.
case " $* " in *--long*) need_program "spreadsheets in two languages" soffice libreoffice-calc ;; esac

arguments=("$@")
case "${1:-}" in
  --long) arguments=(--filter "Category=Long" "${@:2}") ;;
  '') arguments=(--filter "Category!=Long") ;;
esac

# files_in_memory: creates a folder for the files of the tests, in memory if a file system there has 4 GB free and else on disk.
# In memory, commits need not wait for a disk. What the tests kill are processes, which lose nothing written to either.
files_in_memory() {
  local free
  free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
  if [ "${free:-0}" -gt 4000000 ] && [ -w /dev/shm ]; then mktemp -d /dev/shm/attribution-tests-XXXXXX; else mktemp -d; fi
}

echo "building"
# Without build servers: a server that outlives the run would keep the folder open.
dotnet build Attribution.sln --nologo -v q -nodeReuse:false --property:UseSharedCompilation=false || give_up "The build failed."

results=$(mktemp -d) || exit 1
files=$(files_in_memory) || exit 1
trap 'rm -rf "$results" "$files"' EXIT
trap 'trap - INT; kill 0' INT # Background jobs do not receive the signal by themselves.

# run PROJECT...: runs the projects one after the other and prints the output of each when it has ended.
run() {
  local project name
  for project in "$@"; do
    name=$(basename "$project" .csproj)
    echo "running $name"
    TMPDIR=$files dotnet test "$project" --no-build --nologo --results-directory "$results" --logger "trx;LogFileName=$name.trx" "${arguments[@]}" >"$results/$name.txt" 2>&1 ||
      grep -aq '^Failed! ' "$results/$name.txt" || echo "failed: $name broke off" >>"$results/$name.txt" # A run that breaks off reports no failed test.
    cat "$results/$name.txt"
  done
}

# Tests of processes wait more than they compute, so they run beside the others.
mapfile -t projects < <(grep -l 'Microsoft.NET.Test.Sdk' tests/*/*.csproj)
run tests/Attribution.IntegrationTests/*.csproj &
run $(printf '%s\n' "${projects[@]}" | grep -v IntegrationTests)
wait
broken=$(cat "$results"/*.txt | grep -ac '^failed: .* broke off$')

# The runner's closing lines: Passed!  - Failed: 0, Passed: 5, Skipped: 1, …
sum() { cat "$results"/*.txt 2>/dev/null | grep -aE '^(Passed|Failed|Skipped)! ' | sed -nE "s/.*[ ,-]$1: +([0-9]+).*/\1/p" | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum Passed)
failed=$(($(sum Failed) + broken))
skipped=$(sum Skipped)

# named OUTCOME LABEL: lists the tests of an outcome with their messages.
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
# slowest: lists the ten tests with the longest durations.
slowest() {
  awk 'BEGIN { RS = "<UnitTestResult " } NR > 1 && match($0, /duration="[0-9:.]+"/) {
    split(substr($0, RSTART + 10, RLENGTH - 11), part, ":")
    name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name); gsub(/&quot;/, "\"", name)
    printf "%8.1f s  %s\n", part[1] * 3600 + part[2] * 60 + part[3], substr(name, 1, 140)
  }' "$results"/*.trx 2>/dev/null | sort -rn | head -10
}

# ran_on: names what ran, project by project, and the programs that it ran on.
ran_on() {
  local file version docker
  echo "ran:"
  for file in "$results"/*.trx; do
    [ -e "$file" ] || continue
    echo "  $(basename "$file" .trx): $(grep -ao '<UnitTestResult [^>]*' "$file" | grep -ac 'outcome="Passed"') passed"
  done
  echo "ran on:"
  echo "  .NET SDK $(dotnet --version), $(nproc) processors, $(uname -sr)"
  version=$(dpkg-query -W -f '${Version}' rabbitmq-server 2>/dev/null) && echo "  RabbitMQ $version (nodes of the tests' own)" || echo "  no RabbitMQ"
  [ -x /usr/bin/chromium ] && echo "  $(/usr/bin/chromium --version 2>/dev/null)" || echo "  no Chromium"
  command -v nginx >/dev/null && echo "  $(nginx -v 2>&1)" || echo "  no nginx"
  command -v caddy >/dev/null && echo "  Caddy $(caddy version)" || echo "  no Caddy"
  docker=$(timeout 20 docker version --format '{{.Server.Version}}' 2>/dev/null) && echo "  Docker $docker" || echo "  no Docker"
  if [ "${ATTRIBUTION_TEST_STORE:-}" = MongoDb ]; then echo "  MongoDB as the store of hosts"; else echo "  SQLite as the store of hosts"; fi
  if [ -n "${ATTRIBUTION_TEST_MONGODB:-}" ]; then echo "  MongoDB named by ATTRIBUTION_TEST_MONGODB"
  elif [ -n "$docker" ]; then echo "  MongoDB in a container"
  else echo "  no MongoDB"; fi
}

echo
echo "slowest tests:"
slowest
named NotExecuted skipped | sed -E 's/&#xA;.*//' >"$results/skipped"
grep -av ': no MongoDB: ' "$results/skipped"
without_mongo=$(grep -ac ': no MongoDB: ' "$results/skipped")
[ "$without_mongo" = 0 ] || echo "skipped: $without_mongo tests of the MongoDB store: no MongoDB: docs/operations/mongodb.md tells how to name one"
named Failed failed
ran_on
[ $((passed + failed)) -gt 0 ] || echo "No test ran."
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
