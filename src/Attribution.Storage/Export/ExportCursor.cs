using System.Globalization;

namespace Attribution.Storage.Export;

/// <summary>
/// The cursor of the incremental export of rollups, the same for every store. The cursor of the ledger is the number of
/// an entry.
/// </summary>
/// <param name="Manifest">The number of the last exported fold; null at the start.</param>
/// <param name="Day">The last day number exported by the initial snapshot; null after the snapshot.</param>
internal readonly record struct ExportCursor(long? Manifest, long? Day)
{
    /// <summary>
    /// Parses <c>17@739000</c> (the snapshot up to that day, with no changes of fold 18 or later), <c>17</c> (all days)
    /// or null (nothing yet).
    /// </summary>
    /// <exception cref="ArgumentException">The text is not a cursor.</exception>
    public static ExportCursor ParseRollups(string? after)
    {
        if (after is null) return new(null, -1);
        var at = after.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? new(ParseNumber(after), null) : new(ParseNumber(after[..at]), ParseNumber(after[(at + 1)..]));
    }

    /// <summary>Formats a cursor.</summary>
    public static string Format(long number, long? day = null) =>
        day is null ? number.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{number}@{day}");

    /// <summary>Parses a number.</summary>
    /// <exception cref="ArgumentException">The text is not a number.</exception>
    public static long ParseNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ArgumentException("The cursor was not returned by an export.", nameof(text));

    /// <summary>Returns the exception for a cursor beyond the stored data.</summary>
    public static ArgumentException AheadOfStore(string? cursor) => new(
        $"The cursor {cursor} is ahead of the store: another store returned it, or this store was restored from an older copy.", nameof(cursor));
}
