using System.Globalization;
using Attribution.Core.Catalog;
using Attribution.Core.Values;

namespace Attribution.Storage.DataSets;

/// <summary>
/// The kinds of data sets: data that others maintain and correct. Processes agree on their versions like on those of
/// formats. The names are stored: never rename.
/// </summary>
public static class DataSetKinds
{
    /// <summary>The tz database; see <see cref="TimeZoneSet"/>.</summary>
    public const string TimeZones = "timeZones";

    /// <summary>The list of currencies and the rates that law fixes; see <see cref="Currency.ListNumber"/>.</summary>
    public const string Currencies = "currencies";

    /// <summary>The rules that identify bots; see <see cref="Core.Quality.BotRules"/>.</summary>
    public const string BotRules = "botRules";

    /// <summary>Gets all kinds.</summary>
    public static IReadOnlyList<string> All { get; } = [TimeZones, Currencies, BotRules];

    /// <summary>Returns the name of a version: <c>2026f</c> for time zones, <c>2026-01-01</c> for the others.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="number">The version as a number.</param>
    public static string VersionOf(string kind, int number) => kind == TimeZones
        ? TimeZoneSet.VersionOf(number)
        : string.Create(CultureInfo.InvariantCulture, $"{number / 10_000:0000}-{number / 100 % 100:00}-{number % 100:00}");

    /// <summary>
    /// Explains why a process with an older version of a data set cannot use a store; null if the kind is not a data
    /// set.
    /// </summary>
    /// <param name="kind">The kind.</param>
    /// <param name="current">The version of the store.</param>
    /// <param name="known">The version of the process.</param>
    public static string? DescribeOlder(string kind, int current, int known)
    {
        if (!All.Contains(kind)) return null;
        var (needed, own) = (VersionOf(kind, current), known == 0 ? "an unknown version" : VersionOf(kind, known));
        if (kind == BotRules)
            return $"This store uses the bot rules of {needed}; this process has those of {own}. Start the newer version of Attribution that the "
                + $"other processes run, or specify a file of {needed} or later: Reference:BotRules=<file>.json.";
        return kind == TimeZones
            ? $"The local days of this store are cut with tzdb {needed}; this process has only {(known == 0 ? own : $"tzdb {own}")}. Start the newer "
                + $"version of Attribution that the other processes run, or specify a file of tzdb {needed} or later: Reference:TimeZones=<file>.nzd."
            : $"This store uses the list of currencies of {needed}; this process has that of {own}. Start the newer version of Attribution that "
                + "the other processes run.";
    }
}
