using System.Globalization;
using Attribution.Core.Values;

namespace Attribution.Host.Cli;

/// <summary>Formats that all commands share.</summary>
internal static class CommandOutput
{
    /// <summary>Formats an instant in UTC to the second; <paramref name="none"/> if there is none.</summary>
    public static string FormatTime(Timestamp? at, string none = "never") =>
        at?.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? none;

    /// <summary>
    /// Formats a number with its noun, which takes an "s" in the plural: <c>1 cell</c>, <c>2 cells</c>.
    /// </summary>
    public static string FormatCount(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
