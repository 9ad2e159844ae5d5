using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Attribution.Core.Catalog;
using Attribution.Core.Quality;

namespace Attribution.Storage.DataSets;

/// <summary>The versions of a data set that a process has read from a store, each parsed once. Thread-safe.</summary>
/// <param name="kind">The kind, one of <see cref="DataSetKinds"/>.</param>
/// <param name="name">The name in messages, to be followed by a version.</param>
/// <param name="parse">Parses a content; throws <see cref="FormatException"/> if it is damaged.</param>
/// <param name="own">The versions of the process, by number.</param>
internal sealed class ParsedDataSets<T>(string kind, string name, Func<byte[], T> parse, IReadOnlyDictionary<int, T> own)
{
    private readonly ConcurrentDictionary<int, T> parsed = new(own);

    /// <summary>Gets the kind, one of <see cref="DataSetKinds"/>.</summary>
    public string Kind { get; } = kind;

    /// <summary>Returns true if a version need not be read.</summary>
    public bool TryGet(int number, [MaybeNullWhen(false)] out T set) => parsed.TryGetValue(number, out set);

    /// <summary>Parses the content of a version, and keeps it.</summary>
    /// <exception cref="StoreUnusableException">The stored content is damaged.</exception>
    public T Parse(int number, byte[] content)
    {
        try
        {
            return parsed.GetOrAdd(number, parse(content));
        }
        catch (FormatException e)
        {
            throw new StoreUnusableException(
                $"The stored {name} {DataSetKinds.VersionOf(Kind, number)} are damaged: {e.Message} Restore the store from a copy.", e);
        }
    }
}

/// <summary>Creates the parsed data sets of a process.</summary>
internal static class ParsedDataSets
{
    /// <summary>Returns those of time zones, with the set of the process and the one that this build contains.</summary>
    public static ParsedDataSets<TimeZoneSet> ForTimeZones(TimeZoneSet own) => new(
        DataSetKinds.TimeZones, "time zones of tzdb", TimeZoneSet.Parse,
        new Dictionary<int, TimeZoneSet> { [TimeZoneSet.Bundled.Number] = TimeZoneSet.Bundled, [own.Number] = own });

    /// <summary>Returns those of bot rules, with the rules of the process.</summary>
    public static ParsedDataSets<BotRules> ForBotRules(BotRules own) => new(
        DataSetKinds.BotRules, "bot rules of", content => BotRules.Parse(content),
        new Dictionary<int, BotRules> { [own.Number!.Value] = own });
}
