using Attribution.Contracts.Catalog;
using NodaTime;

namespace Attribution.Host.Tests.Laws;

/// <summary>
/// Generator of random markets that favor boundaries: the instants at which something starts, ends or leaves a window
/// occur often.
/// </summary>
internal sealed partial class LawCases
{
    private const long Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;

    // Days of 23, 25, 23.5 and 24.5 hours, a day that begins at one o'clock, and ordinary days.
    private static readonly (string Zone, int Year, int Month, int Day)[] Anchors =
    [
        ("Europe/Berlin", 2026, 3, 29), ("Europe/Berlin", 2026, 10, 25), ("America/New_York", 2026, 3, 8), ("America/New_York", 2026, 11, 1),
        ("America/Santiago", 2026, 4, 4), ("America/Santiago", 2026, 9, 6), ("Australia/Lord_Howe", 2026, 4, 5), ("Australia/Lord_Howe", 2026, 10, 4),
        ("Asia/Kathmandu", 2026, 6, 1), ("Etc/UTC", 2026, 1, 1), ("America/St_Johns", 2026, 3, 8), ("Pacific/Auckland", 2026, 4, 5),
    ];

    private static readonly string[] Currencies = ["USD", "EUR", "JPY", "KWD"];
    private static readonly (string Text, long Length)[] Durations =
        [("PT30M", 30 * Minute), ("PT1H", Hour), ("P1D", Day), ("P2D", 2 * Day), ("PT36H", 36 * Hour), ("P7D", 7 * Day), ("P30D", 30 * Day), ("P1W", 7 * Day)];

    private static readonly long[] Steps = [0, 0, 0, 1, 30 * Minute - 1, 30 * Minute, 30 * Minute, 30 * Minute + 1, Hour, Day, 2 * Day, 36 * Hour, 7 * Day, 7 * Day, 30 * Day];

    private readonly int seed;
    private readonly Random dice;
    private readonly DateOnly anchor;
    private readonly long anchorAt;
    private readonly string zone;
    private readonly List<ICatalogItem> items = [];
    private readonly List<object> events = [];
    private readonly List<long> moments = [];
    private readonly List<long> boundaries = [];
    private readonly List<long> times = [];
    private readonly List<long> lookbacks = [7 * Day, 30 * Day];

    private LawCases(int seed)
    {
        this.seed = seed;
        dice = new Random(seed);
        var (name, year, month, day) = Pick(Anchors);
        (zone, anchor) = (name, new DateOnly(year, month, day));
        anchorAt = StartOf(zone, anchor);
    }

    /// <summary>Creates the market of a seed.</summary>
    public static LawCase Create(int seed)
    {
        var cases = new LawCases(seed);
        cases.MakeCatalog();
        cases.MakeEvents();
        cases.AddStates(new Random(seed * 7));
        cases.AddCustomerTerms(new Random(seed * 11));
        cases.AddAssistants(new Random(seed * 13));
        cases.AddSubscriptions(new Random(seed * 17));
        cases.AddReferrals(new Random(seed * 19));
        cases.AddLines(new Random(seed * 23));
        return new(seed, [.. cases.items], [.. cases.events]);
    }

    private static long StartOf(string zone, DateOnly day) =>
        DateTimeZoneProviders.Tzdb[zone].AtStartOfDay(LocalDate.FromDateOnly(day)).ToInstant().ToUnixTimeMilliseconds();

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private bool Chance(int percent) => dice.Next(100) < percent;

    private T Pick<T>(IReadOnlyList<T> from) => from[dice.Next(from.Count)];

    private T? Maybe<T>(int percent, Func<T> make) where T : class => Chance(percent) ? make() : null;

    /// <summary>
    /// Returns an instant: on or next to a boundary, at a boundary distance from an event, or anywhere within some
    /// days.
    /// </summary>
    private long Moment()
    {
        var beside = Pick([-1L, 0, 0, 0, 1]);
        return dice.Next(10) switch
        {
            < 3 when moments.Count > 0 => Pick(moments) + beside,
            < 7 when times.Count > 0 => Pick(times) + (Chance(75) ? 1 : -1) * Pick(Steps) + beside,
            < 9 => anchorAt + dice.NextInt64(-3 * 24 * 60, 4 * 24 * 60) * Minute,
            _ => anchorAt + dice.NextInt64(-40 * Day, 40 * Day),
        };
    }

    /// <summary>Returns an instant at which a catalog item starts or ends.</summary>
    private DateTimeOffset BoundaryTime()
    {
        var turn = anchorAt + dice.NextInt64(-2 * 24, 3 * 24) * Hour;
        moments.Add(turn);
        boundaries.Add(turn);
        return At(turn);
    }
}
