using System.Globalization;
using NodaTime;
using NodaTime.TimeZones;
using NodaTime.Utility;

namespace Attribution.Core.Catalog;

/// <summary>
/// The time zones of one version of the tz database, in NodaTime's format (<c>.nzd</c>). Immutable and thread-safe.
/// </summary>
public sealed class TimeZoneSet
{
    private const int LettersPerYear = 100;

    private static readonly Lazy<TimeZoneSet> OfBuild = new(() => new(
        ReadResource(typeof(DateTimeZone), "NodaTime.TimeZones.Tzdb.nzd"), DateTimeZoneProviders.Tzdb,
        TzdbDateTimeZoneSource.Default.TzdbVersion));

    private static readonly Lazy<TimeZoneSet> OfUnrecordedStores = new(
        () => Parse(ReadResource(typeof(TimeZoneSet), "tzdb-2026d.nzd")));

    private readonly IDateTimeZoneProvider zones;

    private TimeZoneSet(byte[] content, IDateTimeZoneProvider zones, string version)
    {
        (Content, this.zones, Version) = (content, zones, version);
        Number = NumberOf(version);
    }

    /// <summary>Gets the set that this build contains.</summary>
    public static TimeZoneSet Bundled => OfBuild.Value;

    /// <summary>Gets the set of stores that record none: tzdb 2026d.</summary>
    public static TimeZoneSet Unrecorded => OfUnrecordedStores.Value;

    /// <summary>Gets the version as the tz database names it, for example <c>2026f</c>.</summary>
    public string Version { get; }

    /// <summary>Gets the version as a number that rises from version to version: 202606 for 2026f.</summary>
    public int Number { get; }

    /// <summary>Gets the content of the <c>.nzd</c> file.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Parses the content of a <c>.nzd</c> file and reads every time zone of it.</summary>
    /// <exception cref="FormatException">The content is damaged or something else; the message has the reason.</exception>
    public static TimeZoneSet Parse(byte[] content)
    {
        try
        {
            var source = TzdbDateTimeZoneSource.FromStream(new MemoryStream(content, writable: false));
            source.Validate();
            var zones = new DateTimeZoneCache(source);
            foreach (var id in zones.Ids) zones.GetZoneOrNull(id);
            return new(content, zones, source.TzdbVersion);
        }
        catch (Exception e) when (e is InvalidNodaDataException or IOException or ArgumentException or InvalidOperationException
            or ArithmeticException or IndexOutOfRangeException or NotSupportedException)
        {
            throw new FormatException($"This is not a time zone file of NodaTime (.nzd), or it is damaged: {e.Message}", e);
        }
    }

    /// <summary>Returns the version that a number stands for, for example <c>2026f</c> for 202606.</summary>
    public static string VersionOf(int number)
    {
        var (year, letter) = int.DivRem(number, LettersPerYear);
        var letters = letter <= 26 ? $"{(char)('a' + letter - 1)}" : $"z{(char)('a' + letter - 27)}";
        return string.Create(CultureInfo.InvariantCulture, $"{year:0000}{letters}");
    }

    /// <summary>Returns true if the set contains a time zone.</summary>
    public bool Contains(string id) => Find(id) is not null;

    /// <summary>Returns a time zone; null if the set does not contain it.</summary>
    internal DateTimeZone? Find(string id) => zones.GetZoneOrNull(id);

    /// <summary>The versions of a year are 2026a to 2026z, then 2026za.</summary>
    private static int NumberOf(string version)
    {
        if (version.Length is 5 or 6 && int.TryParse(version.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            && version[4..].All(char.IsAsciiLetterLower) && (version.Length == 5 || version[4] == 'z'))
            return (year * LettersPerYear) + (version[^1] - 'a' + 1) + (version.Length == 6 ? 26 : 0);
        throw new FormatException($"'{version}' is not a version of the tz database, for example 2026f.");
    }

    private static byte[] ReadResource(Type type, string name)
    {
        using var stream = type.Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
