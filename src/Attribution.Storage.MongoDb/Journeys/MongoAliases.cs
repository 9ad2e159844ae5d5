using Attribution.Core.Planning;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Journeys;

/// <summary>Aliases and the journeys they resolve to.</summary>
internal static class MongoAliases
{
    /// <summary>
    /// Returns the id of an alias's document. Brand ids contain no blank, so the first blank is the separator.
    /// </summary>
    public static string IdOf(in AliasKey alias) => string.Concat(alias.Brand, " ", alias.Text);

    /// <summary>Resolves aliases to journeys that were not merged. Aliases that are not stored are omitted.</summary>
    /// <remarks>
    /// One statement reads the aliases, one their journeys, and one more each further step of tombstones.
    /// </remarks>
    public static async Task<(Dictionary<AliasKey, Guid> Ids, Dictionary<Guid, StoredJourney> Journeys)> ResolveAsync(
        MongoSession session, MongoCollections collections, long generation, IReadOnlyCollection<AliasKey> aliases,
        CancellationToken cancellation)
    {
        var texts = new Dictionary<string, AliasKey>(aliases.Count, StringComparer.Ordinal);
        foreach (var alias in aliases) texts[IdOf(alias)] = alias;
        var (ids, journeys) = (new Dictionary<AliasKey, Guid>(texts.Count), new Dictionary<Guid, StoredJourney>());
        var merged = new Dictionary<Guid, Guid>();
        if (texts.Count == 0) return (ids, journeys);
        var filter = new BsonDocument("_id", BsonValues.MatchAny(texts.Keys.Select(text => (BsonValue)text)));
        foreach (var found in await session.FindAsync(collections.Aliases(generation), filter, cancellation))
            ids[texts[found.Text("_id")]] = found.Id("journey");

        for (var wanted = ids.Values.ToHashSet(); wanted.Count > 0;)
        {
            var next = new HashSet<Guid>();
            var stored = await session.FindAsync(
                collections.Journeys(generation), BsonValues.MatchIds(wanted), cancellation);
            foreach (var found in stored)
            {
                wanted.Remove(found.Id());
                if (found.Contains("mergedInto")) next.Add(merged[found.Id()] = found.Id("mergedInto"));
                else journeys[found.Id()] = MongoJourneyDocuments.FromBson(found);
            }
            if (wanted.Count > 0)
                throw new InvalidDataException($"A stored alias or tombstone refers to a journey that does not exist ({wanted.First()}).");
            wanted = next.Where(id => !journeys.ContainsKey(id) && !merged.ContainsKey(id)).ToHashSet();
        }

        foreach (var (alias, id) in ids.ToList())
        {
            var live = id;
            while (merged.TryGetValue(live, out var into)) live = into;
            ids[alias] = live;
        }
        return (ids, journeys);
    }

    /// <summary>Inserts the new aliases of a commit and updates those it moves.</summary>
    /// <exception cref="ArgumentException">
    /// The commit names a journey that is not stored, or moves an alias that is not stored.
    /// </exception>
    public static async Task WriteAsync(
        MongoSession session, MongoCollections collections, JourneyCommit commit, long generation,
        CancellationToken cancellation)
    {
        var written = commit.Journeys.Select(stored => stored.Journey.Id).ToHashSet();
        var others = commit.Aliases.Concat(commit.MovedAliases).Select(alias => alias.Value).Where(id => !written.Contains(id));
        await EnsureJourneysExistAsync(session, collections, generation, [.. others.Distinct()], cancellation);
        await session.InsertAsync(
            collections.Aliases(generation),
            [
                .. commit.Aliases.Select(alias => new BsonDocument
                {
                    { "_id", IdOf(alias.Key) }, { "journey", BsonValues.ToBson(alias.Value) },
                }),
            ],
            cancellation);
        // An alias is moved only by a commit that writes or merges its journey. If the versions match, the alias
        // therefore still resolves to the journey that was read.
        var moves = commit.MovedAliases.Select(alias => new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", IdOf(alias.Key)),
            new BsonDocument("$set", new BsonDocument("journey", BsonValues.ToBson(alias.Value))))).ToList();
        if (await session.WriteAsync(collections.Aliases(generation), moves, cancellation) < moves.Count)
        {
            var texts = string.Join("', '", commit.MovedAliases.Select(alias => alias.Key.Text));
            throw new ArgumentException($"The commit moves an unknown alias; it is one of '{texts}'.", nameof(commit));
        }
    }

    /// <summary>Checks that journeys are stored, merged or not.</summary>
    /// <exception cref="ArgumentException">A journey is missing.</exception>
    public static async Task EnsureJourneysExistAsync(
        MongoSession session, MongoCollections collections, long generation, List<Guid> ids,
        CancellationToken cancellation)
    {
        if (ids.Count == 0) return;
        var stored = await session.FindAsync(
            collections.Journeys(generation), BsonValues.MatchIds(ids), cancellation, only: new("_id", 1));
        if (ids.Except(stored.Select(journey => journey.Id())).Cast<Guid?>().FirstOrDefault() is { } missing)
            throw new ArgumentException(
                $"The commit names the journey {missing}, which is neither stored nor part of the commit.", nameof(ids));
    }
}
