using System.Collections.Concurrent;
using System.Collections.Immutable;
using Attribution.Core.Catalog;

namespace Attribution.Storage.DataSets;

/// <summary>The sets of time zones that a process has read from a store, each parsed once. Thread-safe.</summary>
/// <param name="own">The set of the process.</param>
internal sealed class TimeZoneSets(TimeZoneSet own)
{
    private readonly ConcurrentDictionary<int, TimeZoneSet> parsed = new()
    {
        [TimeZoneSet.Bundled.Number] = TimeZoneSet.Bundled, [own.Number] = own,
    };

    /// <summary>Returns true if the content of a version need not be read.</summary>
    public bool Contains(int number) => parsed.ContainsKey(number);

    /// <summary>Returns a set.</summary>
    /// <param name="number">The version.</param>
    /// <param name="content">The content; unused if the set is parsed already.</param>
    /// <exception cref="StoreUnusableException">The stored content is damaged.</exception>
    public TimeZoneSet Get(int number, ReadOnlySpan<byte> content)
    {
        if (parsed.TryGetValue(number, out var known)) return known;
        try
        {
            return parsed.GetOrAdd(number, TimeZoneSet.Parse(content.ToArray()));
        }
        catch (FormatException e)
        {
            throw new StoreUnusableException(
                $"The stored time zones of tzdb {TimeZoneSet.VersionOf(number)} are damaged: {e.Message} Restore the store from a copy.", e);
        }
    }

    /// <summary>Returns the history of the applied sets; that of a new store if there are none.</summary>
    public static TimeZoneHistory ToHistory(IEnumerable<AppliedTimeZones> applied) =>
        applied.OrderBy(set => set.CatalogVersion).ThenBy(set => set.Set.Number).ToImmutableArray() is { Length: > 0 } sets
            ? new(sets) : TimeZoneHistory.Bundled;
}
