using System.Text.Json;
using Attribution.Host.Rollup;
using Attribution.Simulator;
using Quartz;

namespace Attribution.Host.Hosting;

/// <summary>
/// <c>attribution demo</c>: a host whose data folder is filled with a made-up market of the last 60 days, through the front door as a shop
/// would, and which then keeps serving while made-up people come by. A folder that has its market already is only served.
/// </summary>
public static class Demo
{
    /// <summary>Where the demo keeps its data unless told otherwise, relative to the working directory.</summary>
    public const string DefaultData = "attribution-data/demo";

    private const int Seed = 7;

    /// <summary>Runs the demo until it is told to stop.</summary>
    /// <param name="settings">As for <see cref="HostRun.RunAsync"/>; <c>Host:Data</c> defaults to <see cref="DefaultData"/>.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>0 after an orderly stop, 1 when a part of it failed.</returns>
    /// <exception cref="StartRefusedException">It cannot start, or the folder holds data that are not the demo's.</exception>
    public static Task<int> RunAsync(IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        const string data = "--Host:Data=";
        var said = settings.LastOrDefault(setting => setting.StartsWith(data, StringComparison.OrdinalIgnoreCase));
        var folder = Path.GetFullPath(said is null ? DefaultData : said[data.Length..]);
        var note = DemoNote.Read(folder);
        // The story is told by the demo itself; of the log it shows what goes wrong.
        string[] all = ["--Serilog:MinimumLevel:Default=Warning", .. settings, data + folder];
        return HostRun.RunAsync(all, (app, stopping) => TellAsync(app, folder, note, stopping), cancellation: cancellation);
    }

    /// <summary>Has the fitted models fitted now, which else would wait for the night, and waits until their numbers are there.</summary>
    private static async Task FitAsync(WebApplication app, DemoFeed feed, CancellationToken stopping)
    {
        var asked = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var scheduler = await app.Services.GetRequiredService<ISchedulerFactory>().GetScheduler(stopping);
        await scheduler.TriggerJob(new JobKey(FitJob.Name), stopping);
        await feed.FittedAsync(asked, stopping);
        await feed.SettleAsync(0, _ => { }, stopping);
    }

    private static async Task TellAsync(WebApplication app, string folder, DemoNote? note, CancellationToken stopping)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var screen = new DemoScreen();
        using var feed = new DemoFeed(new Uri(app.Urls.First()));
        var fresh = note is null;
        note ??= new DemoNote(Seed, DemoNote.FirstDayOf(time.GetUtcNow()), Fed: false);
        var market = note.Market();

        if (note.Fed)
        {
            screen.Say($"{folder} holds the demo's market already: serving it. (Delete the folder to begin anew.)");
        }
        else
        {
            screen.Say(fresh
                ? $"A market of {market.Options.Creators} creators, 3 campaigns and 60 days is made up; data in {folder}."
                : "The last demo was stopped before its market was complete: sending all of it again, which is safe.");
            note.Write(folder);
            await feed.CatalogAsync(market.Catalog, stopping);
            await screen.ProgressAsync("Sending events", market.Events.Count, advance => feed.EventsAsync(market.Events, advance, stopping));
            await screen.ProgressAsync("Adding up", market.Events.Count, advance => feed.SettleAsync(market.Events.Count, advance, stopping));
            await FitAsync(app, feed, stopping);
            (note with { Fed = true }).Write(folder);
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        using (var rollups = await feed.RollupsAsync(market.FirstDay, today, stopping))
            screen.Leaders(rollups, DemoFeed.NamesOf(market));
        screen.Where(feed.Url, market.FirstDay, today, DemoFeed.OrderOf(market));
        await feed.LiveAsync(market.Live((int)(time.GetUtcNow().ToUnixTimeSeconds() % int.MaxValue)), time, stopping);
    }
}

/// <summary>What a demo's data folder says of its market, so that a later run shows the same one.</summary>
/// <param name="Seed">The market's seed.</param>
/// <param name="FirstDay">The market's first day.</param>
/// <param name="Fed">Whether all of it was sent and added up.</param>
internal sealed record DemoNote(int Seed, DateOnly FirstDay, bool Fed)
{
    private const int Days = 60;
    private const string File = "demo.json";

    /// <summary>The first day of 60 of which the last is over everywhere.</summary>
    public static DateOnly FirstDayOf(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime).AddDays(-Days - 1);

    /// <summary>The market.</summary>
    public Market Market() => Simulator.Market.Create(Seed, FirstDay, new MarketOptions { Days = Days, TimeZone = "Europe/Berlin", Currency = "EUR" });

    /// <summary>The folder's note; null where it has none and holds no data.</summary>
    /// <exception cref="StartRefusedException">The folder holds other data, or a note that cannot be read.</exception>
    public static DemoNote? Read(string folder)
    {
        var path = Path.Combine(folder, File);
        if (!System.IO.File.Exists(path))
            return System.IO.File.Exists(Path.Combine(folder, "attribution.db"))
                ? throw StartRefusedException.ForSurroundings($"The data folder {folder} holds data that are not the demo's. Choose another with --data.")
                : null;
        try
        {
            return JsonSerializer.Deserialize<DemoNote>(System.IO.File.ReadAllText(path), JsonSerializerOptions.Web)
                ?? throw new JsonException("It says null.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw StartRefusedException.ForSurroundings($"{path} cannot be read: {e.Message} Delete {folder}, or choose another folder with --data.", e);
        }
    }

    /// <summary>Writes the note, whole or not at all.</summary>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, File);
        System.IO.File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, JsonSerializerOptions.Web));
        System.IO.File.Move(path + ".new", path, overwrite: true);
    }
}
