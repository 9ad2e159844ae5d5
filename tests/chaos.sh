#!/usr/bin/env bash
# Posts a month of a simulated market over a cluster of three brokers, while every few seconds a process or a broker is killed and started
# again, and compares the rollups with the truth: bash tests/chaos.sh [seconds=300] [seed=41]. Ends some minutes after that many seconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export ATTRIBUTION_CHAOS_SECONDS=${1:-300} ATTRIBUTION_CHAOS_SEED=${2:-41}
dotnet build tests/Attribution.IntegrationTests --nologo -v q
timeout $((ATTRIBUTION_CHAOS_SECONDS + 900)) tests/Attribution.IntegrationTests/bin/Debug/net10.0/Attribution.IntegrationTests -diagnostics -class Attribution.IntegrationTests.ChaosTests
