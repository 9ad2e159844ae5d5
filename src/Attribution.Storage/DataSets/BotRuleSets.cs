using System.Collections.Concurrent;
using Attribution.Core.Quality;

namespace Attribution.Storage.DataSets;

/// <summary>The bot rules that a process has read from a store, each parsed once. Thread-safe.</summary>
/// <param name="own">The rules of the process.</param>
internal sealed class BotRuleSets(BotRules own)
{
    private readonly ConcurrentDictionary<int, BotRules> parsed = new() { [own.Number!.Value] = own };

    /// <summary>Returns rules.</summary>
    /// <param name="number">The version.</param>
    /// <param name="readContent">Reads the content; called if the rules are not parsed already.</param>
    /// <exception cref="StoreUnusableException">The stored content is damaged.</exception>
    public BotRules Get(int number, Func<byte[]> readContent)
    {
        if (parsed.TryGetValue(number, out var known)) return known;
        try
        {
            return parsed.GetOrAdd(number, BotRules.Parse(readContent()));
        }
        catch (FormatException e)
        {
            throw new StoreUnusableException(
                $"The stored bot rules of {DataSetKinds.VersionOf(DataSetKinds.BotRules, number)} are damaged: {e.Message} Restore the store from a copy.",
                e);
        }
    }

    /// <summary>Returns true if the content of a version need not be read.</summary>
    public bool Contains(int number) => parsed.ContainsKey(number);
}
