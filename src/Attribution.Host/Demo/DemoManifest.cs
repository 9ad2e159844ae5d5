using System.Text.Json;
using Attribution.Host.Hosting;
using Attribution.Simulator;

namespace Attribution.Host.Demo;

/// <summary>Parameters of the market in a demo's data folder, so that a later run shows the same market.</summary>
/// <param name="Seed">Seed of the market.</param>
/// <param name="FirstDay">First day of the market (inclusive).</param>
/// <param name="Fed">True if the whole market was sent and processed.</param>
/// <param name="Market">The kind of the market; null in a folder of an older version, whose market was another one.</param>
internal sealed record DemoManifest(int Seed, DateOnly FirstDay, bool Fed, string? Market = null)
{
    /// <summary>The kind of the market that this version simulates.</summary>
    public const string Shop = "shop";

    private const int Days = 60;
    private const int Visitors = 30_000;
    private const string FileName = "demo.json";

    /// <summary>Returns the first of 60 days, chosen so that the last one has ended in every time zone.</summary>
    public static DateOnly GetFirstDay(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime).AddDays(-Days - 1);

    /// <summary>Creates the market.</summary>
    public Market CreateMarket() => Simulator.Market.Create(Seed, FirstDay, new MarketOptions
    {
        Kind = MarketKind.Shop, People = Visitors, Days = Days, TimeZone = "Europe/Berlin", Currency = "EUR",
    });

    /// <summary>
    /// Reads the manifest of a folder; returns null if the folder contains neither a manifest nor data.
    /// </summary>
    /// <exception cref="StartupException">The folder contains other data, or the manifest cannot be read.</exception>
    public static DemoManifest? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return File.Exists(Path.Combine(folder, "attribution.db"))
                ? throw StartupException.ForEnvironment($"The data folder {folder} contains data that do not belong to the demo. Choose another with --data.")
                : null;
        try
        {
            var manifest = JsonSerializer.Deserialize<DemoManifest>(File.ReadAllText(path), JsonSerializerOptions.Web)
                ?? throw new JsonException("The content is null.");
            return manifest.Market == Shop ? manifest : throw StartupException.ForEnvironment(
                $"{folder} contains the demo of an older version. Delete it, or choose another folder with --data.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"{path} cannot be read: {e.Message} Delete {folder}, or choose another folder with --data.", e);
        }
    }

    /// <summary>Writes the manifest atomically.</summary>
    public void Write(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web));
}
