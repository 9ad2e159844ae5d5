using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Redirect;

/// <summary>
/// The slugs that were requested in vain on the current day. Their number is bounded, because anyone can ask for any
/// address: beyond <see cref="MaxPerDay"/>, new names are counted by the metric only. Thread-safe.
/// </summary>
internal sealed class UnknownSlugs
{
    /// <summary>Maximum number of different names of a UTC day that are recorded.</summary>
    public const int MaxPerDay = 1_000;

    private readonly Lock gate = new();
    private readonly HashSet<(string Brand, string Name)> names = [];
    private DateTime day;

    /// <summary>
    /// Returns true if a click on the name is recorded: its length and characters are those of an event's, and it is
    /// one of the day's first names.
    /// </summary>
    public bool Admit(string brand, string name, DateTimeOffset now)
    {
        if (name.Length > EventLimits.Name || string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl)) return false;
        lock (gate)
        {
            if (day != now.UtcDateTime.Date)
            {
                names.Clear();
                day = now.UtcDateTime.Date;
            }

            if (names.Contains((brand, name))) return true;
            return names.Count < MaxPerDay && names.Add((brand, name));
        }
    }
}
