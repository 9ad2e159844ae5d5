using System.Diagnostics.Metrics;
using Attribution.Host.Attribution;
using Attribution.Host.Configuration;
using Attribution.Host.Ingest;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Host.Reporting;
using Attribution.Host.Rollup;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Infra;

/// <summary>
/// The product as the files of <c>infra/</c> use it: a host per role, built with the environment of its container.
/// </summary>
internal sealed record ProductSurface
{
    private static readonly Lazy<Task<ProductSurface>> Read = new(ReadAsync);

    /// <summary>Gets the configured names of the roles.</summary>
    public static IReadOnlyList<string> Roles { get; } = [.. Enum.GetNames<Role>().Select(name => name.ToLowerInvariant())];

    /// <summary>Gets the roles that publish or consume.</summary>
    public static IReadOnlyList<string> BusRoles { get; } =
        [.. Enum.GetValues<Role>().Where(role => BusOptions.UsesBus(new(new HashSet<Role> { role }, "0", "/"))).Select(role => role.ToString().ToLowerInvariant())];

    /// <summary>Gets the default port.</summary>
    public static int Port { get; } = new Uri(ListenAddresses.Default).Port;

    /// <summary>Gets the route patterns of each role.</summary>
    public required ILookup<string, string> Routes { get; init; }

    /// <summary>Gets the names of the product's instruments.</summary>
    public required IReadOnlyDictionary<string, Instrument> Instruments { get; init; }

    /// <summary>Gets the options by section.</summary>
    public required ILookup<string, Type> Options { get; init; }

    public static Task<ProductSurface> GetAsync() => Read.Value;

    /// <summary>
    /// Returns the fault of an option name, written as an environment variable or as in the documentation; null if
    /// there is none.
    /// </summary>
    public string? FindUnknownOption(string variable)
    {
        var key = variable.Replace("__", ":", StringComparison.Ordinal);
        var section = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)"x")]).Build().GetSection(key.Split(':')[0]);
        return Options.Contains(section.Path) ? ConfigurationValidator.FindUnknownKeys(section, Options[section.Path].ToList()).FirstOrDefault() : $"There is no section '{section.Path}'.";
    }

    private static async Task<ProductSurface> ReadAsync()
    {
        var (routes, options) = (new List<(string Role, string Route)>(), new List<(string, Type)>());
        var instruments = new Dictionary<string, Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (!instrument.Meter.Name.StartsWith(Telemetry.Name + ".", StringComparison.Ordinal)) return;
            lock (instruments) instruments[instrument.Name] = instrument;
        };
        listener.Start();
        foreach (var role in Roles)
        {
            // Uses a local store, an unavailable broker and a loopback address; everything else is as in the container.
            var settings = ComposeFile.Environment(role).Where(item => !item.Key.StartsWith("Store__", StringComparison.Ordinal) && item.Key != "Bus__RabbitMq__Uri")
                .Select(item => $"--{item.Key.Replace("__", ":", StringComparison.Ordinal)}={item.Value}");
            await using var host = await TestHost.BuildAsync(null, [.. settings, "--Bus:RabbitMq:Uri=amqp://127.0.0.1:1/"]);
            routes.AddRange(((IEndpointRouteBuilder)host.App).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Select(route => (role, "/" + route.RoutePattern.RawText!.TrimStart('/'))));
            options.AddRange(host.App.Services.GetServices<RegisteredOptions>().Select(section => (section.Path, section.Type)));
            foreach (var meter in (Type[])[typeof(IngestMetrics), typeof(AttributionMetrics), typeof(RollupMetrics), typeof(ReportingMetrics), typeof(HostMetrics), typeof(CommitProgress)]) host.App.Services.GetService(meter);
        }

        return new ProductSurface
        {
            Routes = routes.ToLookup(item => item.Role, item => item.Route), Options = options.Distinct().ToLookup(item => item.Item1, item => item.Item2), Instruments = instruments,
        };
    }
}
