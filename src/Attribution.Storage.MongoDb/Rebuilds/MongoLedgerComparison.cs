using Attribution.Core.Identity;
using Attribution.Core.Ledger;
using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Journeys;
using Attribution.Storage.MongoDb.Ledger;
using Attribution.Storage.Rebuilds;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rebuilds;

/// <summary>A comparison of the ledger with the journeys of a rebuild.</summary>
/// <param name="collections">Collections of the store in use.</param>
/// <param name="generation">Generation of the rebuild.</param>
/// <param name="swap">The swap that compares.</param>
internal sealed class MongoLedgerComparison(MongoCollections collections, long generation, RebuildSwap swap)
{
    private const int BatchSize = 500;

    private readonly Dictionary<(string Brand, string Conversion), IEnumerable<LedgerEntry>> waiting = [];
    private readonly HashSet<(string Brand, string Conversion)> recorded = [];

    /// <summary>Gets the entries that turn the ledger into the rebuilt credits.</summary>
    public List<LedgerEntry> Entries { get; } = [];

    /// <summary>Gets the number of conversions that <see cref="Entries"/> belong to.</summary>
    public long Conversions { get; private set; }

    /// <summary>Gets the measures of the rebuilt journeys.</summary>
    public MeasureSums JourneyMeasures { get; } = new();

    /// <summary>Compares the ledger with all journeys. Runs once.</summary>
    public async Task RunAsync(MongoSession session, CancellationToken cancellation)
    {
        await CompareJourneysAsync(session, cancellation);
        await ReverseRemovedAsync(session, cancellation);
    }

    private async Task CompareJourneysAsync(MongoSession session, CancellationToken cancellation)
    {
        await foreach (var document in session.StreamAsync(
            collections.Journeys(generation), MongoJourneyDocuments.LiveFilter, null, null, new("journey", 1), cancellation))
        {
            var journey = JourneyCodec.Decode(document.Bytes("journey"));
            JourneyMeasures.Add(journey, 1);
            foreach (var (key, expected) in RebuiltLedger.ExpectedEntries(journey, swap.At)) waiting[(journey.Brand, key)] = expected;
            if (waiting.Count >= BatchSize) await CompareWaitingAsync(session, cancellation);
        }
        await CompareWaitingAsync(session, cancellation);
    }

    /// <summary>
    /// Reverses conversions without a journey: the key of a conversion is its alias, which resolves to no journey then.
    /// </summary>
    private async Task ReverseRemovedAsync(MongoSession session, CancellationToken cancellation)
    {
        var order = new BsonDocument { { "brand", 1 }, { "conversion", 1 } };
        var last = (Brand: "", Conversion: "");
        await foreach (var entry in session.StreamAsync(collections.Ledger, [], order, null, order, cancellation))
        {
            var conversion = (entry.Text("brand"), entry.Text("conversion"));
            if (conversion == last) continue;
            last = conversion;
            if (IdentityRules.IsConversionKey(last.Conversion)) recorded.Add(last);
            if (recorded.Count >= BatchSize) await ReverseRecordedAsync(session, cancellation);
        }
        await ReverseRecordedAsync(session, cancellation);
    }

    private async Task ReverseRecordedAsync(MongoSession session, CancellationToken cancellation)
    {
        if (recorded.Count == 0) return;
        var ids = BsonValues.MatchAny(recorded.Select(key => (BsonValue)MongoAliases.IdOf(new(key.Brand, key.Conversion))));
        var stored = await session.FindAsync(
            collections.Aliases(generation), new("_id", ids), cancellation, only: new("_id", 1));
        var aliases = stored.Select(alias => alias.Text("_id")).ToHashSet(StringComparer.Ordinal);
        foreach (var key in recorded.Where(key => !aliases.Contains(MongoAliases.IdOf(new(key.Brand, key.Conversion)))))
            waiting[key] = [];
        recorded.Clear();
        await CompareWaitingAsync(session, cancellation);
    }

    private async Task CompareWaitingAsync(MongoSession session, CancellationToken cancellation)
    {
        foreach (var brand in waiting.GroupBy(pair => pair.Key.Brand, StringComparer.Ordinal))
        {
            var keys = BsonValues.MatchAny(brand.Select(pair => (BsonValue)pair.Key.Conversion));
            var stored = await session.FindAsync(
                collections.Ledger, new() { { "brand", brand.Key }, { "conversion", keys } }, cancellation, sort: new("_id", 1));
            var entries = stored.ConvertAll(MongoLedgerEntries.FromBson).ToLookup(entry => entry.Conversion, StringComparer.Ordinal);
            foreach (var ((_, conversion), expected) in brand)
            {
                var cause = RebuiltLedger.CauseFor(swap.Run);
                var difference = LedgerDifference.Between([.. entries[conversion]], expected, cause, swap.At).ToList();
                if (difference.Count == 0) continue;
                Entries.AddRange(difference);
                Conversions++;
            }
        }
        waiting.Clear();
    }
}
