using System.Text.Json;
using Attribution.Host.Hosting;
using Attribution.Host.Rollup;
using Attribution.Simulator;
using Quartz;

namespace Attribution.Host.Demo;

/// <summary>
/// <c>attribution demo</c>: a host whose data folder is filled with a made-up market of the last 60 days, through the front door as a shop
/// would, and which then keeps serving while made-up people come by. A folder that has its market already is only served.
/// </summary>
internal static class DemoHost
{
    /// <summary>Where the demo keeps its data unless told otherwise, relative to the working directory.</summary>
    public const string DefaultData = "attribution-data/demo";

    private const int Seed = 7;

    /// <summary>Runs the demo until it is told to stop.</summary>
    /// <param name="settings">As for <see cref="HostRunner.RunAsync"/>; <c>Host:Data</c> defaults to <see cref="DefaultData"/>.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>0 after an orderly stop, 1 when a part of it failed.</returns>
    /// <exception cref="StartupException">It cannot start, or the folder holds data that are not the demo's.</exception>
    public static Task<int> RunAsync(IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        const string data = "--Host:Data=";
        var said = settings.LastOrDefault(setting => setting.StartsWith(data, StringComparison.OrdinalIgnoreCase));
        var folder = Path.GetFullPath(said is null ? DefaultData : said[data.Length..]);
        var note = DemoManifest.Read(folder);
        // The story is told by the demo itself; of the log it shows what goes wrong.
        string[] all = ["--Serilog:MinimumLevel:Default=Warning", .. settings, data + folder];
        return HostRunner.RunAsync(all, (app, stopping) => PlayAsync(app, folder, note, stopping), cancellation: cancellation);
    }

    /// <summary>Has the fitted models fitted now, which else would wait for the night, and waits until their numbers are there.</summary>
    private static async Task FitModelsAsync(WebApplication app, DemoClient feed, CancellationToken stopping)
    {
        var asked = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var scheduler = await app.Services.GetRequiredService<ISchedulerFactory>().GetScheduler(stopping);
        await scheduler.TriggerJob(new JobKey(FitModelsJob.Name), stopping);
        await feed.WaitForFitAsync(asked, stopping);
        await feed.WaitUntilProcessedAsync(0, _ => { }, stopping);
    }

    private static async Task PlayAsync(WebApplication app, string folder, DemoManifest? note, CancellationToken stopping)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var screen = new DemoConsole();
        using var feed = new DemoClient(new Uri(app.Urls.First()));
        var fresh = note is null;
        note ??= new DemoManifest(Seed, DemoManifest.GetFirstDay(time.GetUtcNow()), Fed: false);
        var market = note.CreateMarket();

        if (note.Fed)
        {
            screen.WriteLine($"{folder} holds the demo's market already: serving it. (Delete the folder to begin anew.)");
        }
        else
        {
            screen.WriteLine(fresh
                ? $"A market of {market.Options.Creators} creators, 3 campaigns and 60 days is made up; data in {folder}."
                : "The last demo was stopped before its market was complete: sending all of it again, which is safe.");
            note.Write(folder);
            await feed.ImportCatalogAsync(market.Catalog, stopping);
            await screen.ProgressAsync("Sending events", market.Events.Count, advance => feed.SendEventsAsync(market.Events, advance, stopping));
            await screen.ProgressAsync("Adding up", market.Events.Count, advance => feed.WaitUntilProcessedAsync(market.Events.Count, advance, stopping));
            await FitModelsAsync(app, feed, stopping);
            (note with { Fed = true }).Write(folder);
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        using (var rollups = await feed.GetRollupsAsync(market.FirstDay, today, stopping))
            screen.WriteLeaders(rollups, DemoClient.GetNames(market));
        screen.WriteInstructions(feed.Url, market.FirstDay, today, DemoClient.FindOrderToExplain(market));
        await feed.SendLiveTrafficAsync(market.Live((int)(time.GetUtcNow().ToUnixTimeSeconds() % int.MaxValue)), time, stopping);
    }
}

/// <summary>What a demo's data folder says of its market, so that a later run shows the same one.</summary>
/// <param name="Seed">The market's seed.</param>
/// <param name="FirstDay">The market's first day.</param>
/// <param name="Fed">Whether all of it was sent and added up.</param>
internal sealed record DemoManifest(int Seed, DateOnly FirstDay, bool Fed)
{
    private const int Days = 60;
    private const string FileName = "demo.json";

    /// <summary>The first day of 60 of which the last is over everywhere.</summary>
    public static DateOnly GetFirstDay(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime).AddDays(-Days - 1);

    /// <summary>The market.</summary>
    public Market CreateMarket() => Market.Create(Seed, FirstDay, new MarketOptions { Days = Days, TimeZone = "Europe/Berlin", Currency = "EUR" });

    /// <summary>The folder's note; null where it has none and holds no data.</summary>
    /// <exception cref="StartupException">The folder holds other data, or a note that cannot be read.</exception>
    public static DemoManifest? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!System.IO.File.Exists(path))
            return System.IO.File.Exists(Path.Combine(folder, "attribution.db"))
                ? throw StartupException.ForEnvironment($"The data folder {folder} holds data that are not the demo's. Choose another with --data.")
                : null;
        try
        {
            return JsonSerializer.Deserialize<DemoManifest>(System.IO.File.ReadAllText(path), JsonSerializerOptions.Web)
                ?? throw new JsonException("It says null.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"{path} cannot be read: {e.Message} Delete {folder}, or choose another folder with --data.", e);
        }
    }

    /// <summary>Writes the note, whole or not at all.</summary>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        System.IO.File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, JsonSerializerOptions.Web));
        System.IO.File.Move(path + ".new", path, overwrite: true);
    }
}
