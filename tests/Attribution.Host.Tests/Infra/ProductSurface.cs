using System.Diagnostics.Metrics;
using Attribution.Host.Attribution;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Host.Reporting;
using Attribution.Host.Rollup;
using Attribution.TestKit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Infra;

/// <summary>What the files of <c>infra/</c> speak of, asked of the product itself: a host of each role, put together with the environment that its container gets.</summary>
internal sealed record ProductSurface
{
    private static readonly Lazy<Task<ProductSurface>> Read = new(ReadAsync);

    /// <summary>Names of the roles as they are configured.</summary>
    public static IReadOnlyList<string> Roles { get; } = [.. Enum.GetNames<Role>().Select(name => name.ToLowerInvariant())];

    /// <summary>Those that publish or consume.</summary>
    public static IReadOnlyList<string> BusRoles { get; } =
        [.. Enum.GetValues<Role>().Where(role => BusOptions.UsesBus(new(new HashSet<Role> { role }, "0", "/"))).Select(role => role.ToString().ToLowerInvariant())];

    /// <summary>Where it listens unless told otherwise.</summary>
    public static int Port { get; } = new Uri(ListenAddresses.Default).Port;

    /// <summary>The routes of each role, as patterns.</summary>
    public required ILookup<string, string> Routes { get; init; }

    /// <summary>The product's own instruments, by name.</summary>
    public required IReadOnlyDictionary<string, Instrument> Instruments { get; init; }

    /// <summary>Its options, by section.</summary>
    public required ILookup<string, Type> Options { get; init; }

    public static Task<ProductSurface> GetAsync() => Read.Value;

    /// <summary>What is wrong with the name of an option, written as an environment variable or in the README's way; null when nothing is.</summary>
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
            using var folder = new TempFolder();
            // The store of a plain build, a broker that is away, and nobody but this machine; all else is the container's.
            var settings = ComposeFile.Environment(role).Where(one => !one.Key.StartsWith("Store__", StringComparison.Ordinal) && one.Key != "Bus__RabbitMq__Uri")
                .Select(one => $"--{one.Key.Replace("__", ":", StringComparison.Ordinal)}={one.Value}");
            await using var host = await AttributionHost.BuildAsync([.. settings, "--Bus:RabbitMq:Uri=amqp://127.0.0.1:1/", $"--Host:Data={folder.File("data")}", "--urls=http://127.0.0.1:0"]);
            routes.AddRange(((IEndpointRouteBuilder)host).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Select(route => (role, "/" + route.RoutePattern.RawText!.TrimStart('/'))));
            options.AddRange(host.Services.GetServices<RegisteredOptions>().Select(section => (section.Path, section.Type)));
            foreach (var meter in (Type[])[typeof(IngestMetrics), typeof(AttributionMetrics), typeof(RollupMetrics), typeof(ReportingMetrics)]) host.Services.GetService(meter);
        }

        return new ProductSurface
        {
            Routes = routes.ToLookup(one => one.Role, one => one.Route), Options = options.Distinct().ToLookup(one => one.Item1, one => one.Item2), Instruments = instruments,
        };
    }
}
