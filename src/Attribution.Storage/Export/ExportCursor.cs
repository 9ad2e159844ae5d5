using System.Globalization;

namespace Attribution.Storage.Export;

/// <summary>Where somebody who keeps a copy of the rollups stands, in every store's words; of the ledger it is the number of a line.</summary>
/// <param name="Manifest">The last fold that was told of; null: the copy begins.</param>
/// <param name="Day">The last day of which all that there was is told, so that later ones are still to come; null: all days are.</param>
internal readonly record struct ExportCursor(long? Manifest, long? Day)
{
    /// <summary>Reads <c>17@739000</c>: everything there is up to that day, and nothing yet of what fold 18 and later ones changed; <c>17</c>: all days; null: nothing yet.</summary>
    /// <exception cref="ArgumentException">It is no such cursor.</exception>
    public static ExportCursor ParseRollups(string? after)
    {
        if (after is null) return new(null, -1);
        var at = after.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? new(ParseNumber(after), null) : new(ParseNumber(after[..at]), ParseNumber(after[(at + 1)..]));
    }

    /// <summary>The cursor that says so.</summary>
    public static string Format(long number, long? day = null) =>
        day is null ? number.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{number}@{day}");

    /// <summary>Reads a number.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static long ParseNumber(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ArgumentException("The cursor is none that an export answered.", nameof(text));

    /// <summary>What is told of a cursor beyond what is stored.</summary>
    public static ArgumentException AheadOfStore(string? cursor) => new($"The cursor {cursor} is ahead of the store: it was answered by another, or the store went back to an older copy.", nameof(cursor));
}
