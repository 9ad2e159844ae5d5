using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Rollup;

namespace Attribution.Host.Demo;

/// <summary>
/// Host of <c>attribution demo</c>. It fills its data folder with a simulated market of the last 60 days through the
/// public API, as a shop would, and then keeps serving while the market continues at its own pace. A folder that already
/// contains its market is only served; the traffic since then is sent at the start.
/// </summary>
internal static class DemoHost
{
    /// <summary>Default data folder of the demo, relative to the working directory.</summary>
    public const string DefaultData = "attribution-data/demo";

    private const int Seed = 7;

    /// <summary>Runs the demo until it is stopped.</summary>
    /// <param name="settings">As for <see cref="HostRunner.RunAsync"/>; <c>Host:Data</c> defaults to <see cref="DefaultData"/>.</param>
    /// <param name="cancellation">Stops the demo.</param>
    /// <returns>0 after an orderly stop; 1 if a component failed.</returns>
    /// <exception cref="StartupException">The host cannot start, or the folder contains other data.</exception>
    public static Task<int> RunAsync(IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        const string data = "--Host:Data=";
        var specified = settings.LastOrDefault(setting => setting.StartsWith(data, StringComparison.OrdinalIgnoreCase));
        var folder = Path.GetFullPath(specified is null ? DefaultData : specified[data.Length..]);
        var manifest = DemoManifest.Read(folder);
        // The demo writes its own output; of the log it shows only warnings and errors.
        string[] all = ["--Serilog:MinimumLevel:Default=Warning", .. settings, data + folder];
        return HostRunner.RunAsync(
            all, (app, stopping) => PlayAsync(app, folder, manifest, stopping), cancellation: cancellation);
    }

    /// <summary>
    /// Fits the fitted models now instead of at night, and waits until the rollups contain the result.
    /// </summary>
    private static async Task FitModelsAsync(WebApplication app, DemoClient client, CancellationToken stopping)
    {
        var requestedAt = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await app.Services.GetRequiredService<FitModelsJob>().RunAsync(Timestamp.From(requestedAt), stopping);
        await client.WaitForFitAsync(requestedAt, stopping);
        await client.WaitUntilProcessedAsync(0, _ => { }, stopping);
    }

    private static async Task PlayAsync(
        WebApplication app, string folder, DemoManifest? existing, CancellationToken stopping)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var screen = new DemoConsole();
        using var client = new DemoClient(new Uri(app.Urls.First()));
        var manifest = existing ?? new DemoManifest(Seed, DemoManifest.GetFirstDay(time.GetUtcNow()), Fed: false, DemoManifest.Shop);
        var market = manifest.CreateMarket();

        if (manifest.Fed)
        {
            screen.WriteLine($"{folder} already contains the demo's market; serving it. (Delete the folder to start over.)");
        }
        else
        {
            screen.WriteLine(existing is null
                ? $"Simulated a market of {market.Options.Creators} creators, 3 campaigns and 60 days; data in {folder}."
                : "The last demo was stopped before its market was complete; sending all of it again, which is safe.");
            manifest.Write(folder);
            await client.ImportCatalogAsync(market.Catalog, stopping);
            await screen.ProgressAsync(
                "Sending events", market.Events.Count,
                advance => client.SendEventsAsync(market.Events, advance, stopping));
            await screen.ProgressAsync(
                "Processing", market.Events.Count,
                advance => client.WaitUntilProcessedAsync(market.Events.Count, advance, stopping));
            await FitModelsAsync(app, client, stopping);
            (manifest with { Fed = true }).Write(folder);
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        using (var rollups = await client.GetRollupsAsync(market.FirstDay, today, stopping))
            screen.WriteLeaders(rollups, DemoClient.GetNames(market));
        screen.WriteInstructions(client.Url, market.FirstDay, today, DemoClient.FindOrderToExplain(market), DemoClient.FindCode(market));
        await client.SendLiveTrafficAsync(market.Continue(), time, stopping);
    }
}
