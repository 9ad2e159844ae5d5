using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;

namespace Attribution.Host.Tests.Infra;

/// <summary>Broker definitions, dashboard and alert rules match the topology and metrics of the product.</summary>
public sealed partial class BrokerAndAlertFileTests
{
    private static readonly JsonNode Definitions = InfraFiles.Json("rabbitmq/definitions.json");
    private static readonly IReadOnlyList<JsonNode> Alerts = [.. InfraFiles.Yaml("grafana/alerts.yaml").Items("groups").SelectMany(group => group.Items("rules"))];
    private static readonly IReadOnlyList<string> DashboardQueries = [.. InfraFiles.Json("grafana/dashboard.json").Items("panels").SelectMany(panel => panel.Items("targets")).Select(target => target.ValueAt("expr"))];

    private static IEnumerable<string> Expressions => DashboardQueries.Concat(Alerts.Select(alert => alert.ValueAt("expr")));

    [Fact]
    public void Queues_match_the_declared_topology()
    {
        var queues = Definitions.Items("queues").ToDictionary(queue => queue.ValueAt("name"), queue => queue.Members("arguments").ToDictionary(item => item.Key, item => item.Value.ToString()));
        queues.Keys.ShouldBe([BusNames.AttributeQueue, BusNames.DeadLetters], ignoreOrder: true);
        queues[BusNames.AttributeQueue].ShouldBe(BusTopology.QueueArguments.ToDictionary(item => item.Key, item => item.Value.ToString()!), ignoreOrder: true);
        queues[BusNames.DeadLetters].ShouldBe(new Dictionary<string, string> { ["x-queue-type"] = "quorum" });
        Definitions.Items("exchanges").Select(exchange => exchange.ValueAt("name")).ShouldBe([BusNames.Events, BusNames.AttributeQueue, BusNames.DeadLetters], ignoreOrder: true);
        Definitions.Items("bindings").Select(binding => $"{binding.ValueAt("source")} > {binding.ValueAt("destination_type")} {binding.ValueAt("destination")}").ShouldBe(
            [
                $"{BusNames.Events} > queue {BusNames.AttributeQueue}", $"{BusNames.Events} > exchange {BusNames.AttributeQueue}",
                $"{BusNames.AttributeQueue} > queue {BusNames.AttributeQueue}", $"{BusNames.DeadLetters} > queue {BusNames.DeadLetters}",
            ], ignoreOrder: true);
    }

    [Fact]
    public void Policies_limit_the_queue_but_not_dead_letters_and_repeat_nothing()
    {
        foreach (var policy in Definitions.Items("policies"))
        {
            Regex.IsMatch(BusNames.AttributeQueue, policy.ValueAt("pattern"), RegexOptions.CultureInvariant).ShouldBeTrue();
            Regex.IsMatch(BusNames.DeadLetters, policy.ValueAt("pattern"), RegexOptions.CultureInvariant).ShouldBeFalse();
            policy.Members("definition").Select(item => "x-" + item.Key).ShouldAllBe(name => BusTopology.QueueArguments.All(argument => argument.Key != name));
        }

        // A full queue refuses messages, which ingest then keeps in its spool: nothing is lost.
        BusTopology.QueueArguments.ShouldContain(new KeyValuePair<string, object>("x-overflow", "reject-publish"));
    }

    [Fact]
    public async Task Every_queried_metric_exists_and_every_metric_is_queried()
    {
        var series = (await ProductSurface.GetAsync()).Instruments.Values.ToDictionary(instrument => instrument.Name, Series);
        var asked = Expressions.SelectMany(expression => Metric().Matches(expression).Select(match => match.Value)).Distinct().ToList();
        asked.Where(name => name.StartsWith("attribution_", StringComparison.Ordinal)).Except(series.Values.SelectMany(names => names)).ShouldBeEmpty();
        asked.Where(name => !name.StartsWith("attribution_", StringComparison.Ordinal)).ShouldBe(["rabbitmq_queue_messages", "http_server_request_duration_seconds_count"], ignoreOrder: true);
        series.Where(item => !item.Value.Intersect(asked).Any()).Select(item => item.Key).ShouldBeEmpty();
        InfraFiles.Yaml("grafana/collector.yaml").ValueAt("exporters/prometheus/add_metric_suffixes").ShouldBe("true");
    }

    [Fact]
    public async Task Every_alert_fires_in_its_test()
    {
        InfraFiles.Yaml("grafana/alerts.test.yaml").Items("tests").SelectMany(test => test.Items("alert_rule_test"))
            .Where(test => test["exp_alerts"] is not null).Select(test => test.ValueAt("alertname"))
            .ShouldBe(Alerts.Select(alert => alert.ValueAt("alert")), ignoreOrder: true);

        Assert.SkipWhen(Executables.Find("promtool") is null, "promtool is not installed");
        await Executables.RunAsync(
            Executables.Find("promtool")!, "test", "rules", Path.Combine(InfraFiles.Folder, "grafana", "alerts.test.yaml"));
    }

    [Fact]
    public async Task Histogram_buckets_are_fine_enough_for_the_alerts()
    {
        foreach (var histogram in (await ProductSurface.GetAsync()).Instruments.Values.OfType<Histogram<double>>())
            histogram.Advice.ShouldNotBeNull(histogram.Name).HistogramBucketBoundaries.ShouldBe(Telemetry.SecondsBuckets.HistogramBucketBoundaries, histogram.Name);
    }

    [Fact]
    public async Task Selected_labels_exist_and_brackets_are_balanced()
    {
        foreach (var expression in Expressions)
        {
            foreach (var (open, close) in (ReadOnlySpan<(char, char)>)[('(', ')'), ('{', '}'), ('[', ']')]) expression.Count(item => item == open).ShouldBe(expression.Count(item => item == close), expression);
            foreach (Match queue in Queue().Matches(expression)) ((string[])[BusNames.AttributeQueue, BusNames.DeadLetters]).ShouldContain(queue.Groups["name"].Value);
            foreach (Match route in Route().Matches(expression)) (await ProductSurface.GetAsync()).Routes["ingest"].ShouldContain(route.Groups["route"].Value);
        }
    }

    [Fact]
    public void Each_alert_has_severity_description_and_a_runbook_entry()
    {
        foreach (var alert in Alerts)
        {
            ((string[])["page", "ticket"]).ShouldContain(alert.ValueAt("labels/severity"));
            alert.ValueAt("annotations/summary").Length.ShouldBeGreaterThan(20);
        }

        var mentioned = Heading().Matches(File.ReadAllText(Path.Combine(InfraFiles.Documentation, "runbook.md"))).Select(match => match.Groups["name"].Value);
        mentioned.ShouldBe(Alerts.Select(alert => alert.ValueAt("alert")), ignoreOrder: true);
    }

    [Fact]
    public void Telemetry_endpoints_match_across_hosts_collector_and_dashboard()
    {
        var collector = InfraFiles.Yaml("grafana/collector.yaml");
        var endpoint = new Uri(ComposeFile.Environment("ingest").Single(item => item.Key == "Telemetry__Endpoint").Value);
        collector.ValueAt("receivers/otlp/protocols/grpc/endpoint").ShouldEndWith($":{endpoint.Port}");
        ComposeFile.Services.At(endpoint.Host).ShouldNotBeNull();
        foreach (var (name, pipeline) in collector.Members("service/pipelines"))
            foreach (var kind in (string[])["receivers", "processors", "exporters"])
                foreach (var part in pipeline.Items(kind)) collector.At(kind).AsObject().ContainsKey(part.ToString()).ShouldBeTrue($"{name}: {part}");

        var prometheus = InfraFiles.Yaml("grafana/prometheus.yaml");
        prometheus.ValueAt("scrape_configs/0/static_configs/0/targets/0").ShouldBe($"{endpoint.Host}:{collector.ValueAt("exporters/prometheus/endpoint").Split(':')[1]}");
        foreach (var job in prometheus.Items("scrape_configs")) ComposeFile.Services.At(job.ValueAt("static_configs/0/targets/0").Split(':')[0]).ShouldNotBeNull();
        ComposeFile.Services.Items("prometheus/volumes").Select(item => item.ToString()).ShouldContain(volume => volume.Contains($"/{prometheus.ValueAt("rule_files/0")}:", StringComparison.Ordinal));

        var grafana = InfraFiles.Yaml("grafana/provisioning.yaml");
        new Uri(grafana.ValueAt("datasources/0/url")).Host.ShouldBe("prometheus");
        InfraFiles.Json("grafana/dashboard.json").Items("panels").Select(panel => panel.ValueAt("datasource/uid")).ShouldAllBe(uid => uid == grafana.ValueAt("datasources/0/uid"));
        ComposeFile.Services.Items("grafana/volumes").Select(item => item.ToString()).ShouldContain(volume => volume.Contains(grafana.ValueAt("providers/0/options/path") + "/", StringComparison.Ordinal));
    }

    /// <summary>
    /// Returns the Prometheus name of an instrument behind the collector: underscores for dots, the unit spelled out,
    /// and <c>_total</c> for counters.
    /// </summary>
    private static string[] Series(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
        var kind = instrument.GetType().GetGenericTypeDefinition();
        return kind == typeof(Counter<>) ? [name + "_total"] : kind == typeof(Histogram<>) ? [name + "_bucket", name + "_sum", name + "_count"] : [name];
    }

    [GeneratedRegex(@"\b(attribution|rabbitmq|http_server)_[a-z_]+", RegexOptions.CultureInvariant)]
    private static partial Regex Metric();

    [GeneratedRegex("""queue="(?<name>[^"]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex Queue();

    [GeneratedRegex("""http_route="(?<route>[^"]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex Route();

    [GeneratedRegex(@"^#+ (?<name>Attribution\w+)\s*$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Heading();
}
