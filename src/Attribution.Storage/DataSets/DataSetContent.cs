using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Storage.DataSets;

/// <summary>A version of a data set with its content.</summary>
/// <param name="Kind">The kind, one of <see cref="DataSetKinds"/>.</param>
/// <param name="Number">The version as a number.</param>
/// <param name="Content">The content; empty if every build that knows the version contains it.</param>
internal sealed record DataSetContent(string Kind, int Number, ReadOnlyMemory<byte> Content)
{
    /// <summary>Gets the version as its authors name it.</summary>
    public string Version => DataSetKinds.VersionOf(Kind, Number);

    /// <summary>Returns the versions of a process.</summary>
    /// <param name="timeZones">Its time zones.</param>
    /// <param name="currencies">The version of its list of currencies.</param>
    /// <param name="botRules">Its bot rules, whose version must have a number.</param>
    public static IReadOnlyList<DataSetContent> OfProcess(TimeZoneSet timeZones, int currencies, BotRules botRules) =>
    [
        FromTimeZones(timeZones), new(DataSetKinds.Currencies, currencies, default),
        new(DataSetKinds.BotRules, botRules.Number!.Value, botRules.Content),
    ];

    /// <summary>Returns the version that a store was evaluated with if it records none of a kind.</summary>
    public static DataSetContent Unrecorded(string kind) => kind switch
    {
        DataSetKinds.TimeZones => FromTimeZones(TimeZoneSet.Unrecorded),
        DataSetKinds.BotRules => new(kind, BotRules.Unrecorded.Number!.Value, BotRules.Unrecorded.Content),
        _ => new(kind, Currency.UnrecordedListNumber, default),
    };

    private static DataSetContent FromTimeZones(TimeZoneSet set) => new(DataSetKinds.TimeZones, set.Number, set.Content);
}
