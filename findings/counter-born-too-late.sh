#!/usr/bin/env bash
# An alarm on a counter of the .NET OpenTelemetry SDK misses the first burst.
#
# Version:  NuGet OpenTelemetry 1.20.1 with OpenTelemetry.Exporter.Prometheus.HttpListener 1.20.1-beta.1.
# Guess:    a counter that exists is exported with 0, as in the client libraries of Prometheus.
# Seen:     it is absent until its first Add, and begins at the value of that Add. increase() of a series that begins at 37 is 0.
# Hurts:    "events were lost" never rings for the first loss after a start. Add 0 at the start.
# Needs:    the .NET SDK 10
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >metrics.cs <<'CS'
#:package OpenTelemetry@1.20.1
#:package OpenTelemetry.Exporter.Prometheus.HttpListener@1.20.1-beta.1
using System.Diagnostics.Metrics; using System.Net.Sockets; using OpenTelemetry; using OpenTelemetry.Metrics;
var probe = new TcpListener(System.Net.IPAddress.Loopback, 0); probe.Start();
var port = ((System.Net.IPEndPoint)probe.LocalEndpoint).Port; probe.Stop();
using var meter = new Meter("shop");
var (lost, kept) = (meter.CreateCounter<long>("lost"), meter.CreateCounter<long>("kept"));
kept.Add(0); // before the SDK listens: not recorded
using var provider = Sdk.CreateMeterProviderBuilder().AddMeter("shop").AddPrometheusHttpListener(options => (options.Host, options.Port) = ("127.0.0.1", port)).Build();
using var http = new HttpClient();
async Task ShowAsync(string when) { await Task.Delay(600); /* answers are cached for 300 ms */ Console.WriteLine($"{when}: " + string.Join(" ", (await http.GetStringAsync($"http://127.0.0.1:{port}/metrics")).Split('\n').Where(line => line.StartsWith("lost_total") || line.StartsWith("kept_total")).Select(line => { var words = line.Split(' '); return $"{words[0].Split('{')[0]}={words[1]}"; }).DefaultIfEmpty("nothing"))); }
await ShowAsync("created");
kept.Add(0);
await ShowAsync("kept.Add(0)");
lost.Add(37);
await ShowAsync("lost.Add(37)");
CS
dotnet run metrics.cs | tee seen
diff seen - <<'SEEN'
created: nothing
kept.Add(0): kept_total=0
lost.Add(37): kept_total=0 lost_total=37
SEEN
