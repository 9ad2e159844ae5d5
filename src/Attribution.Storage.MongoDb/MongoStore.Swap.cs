using Attribution.Core.Identity;
using Attribution.Core.Ledger;
using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Rebuilds;
using Attribution.Storage.Rebuilds;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb;

// The end of a rebuild. While commits are barred the rebuilt journeys are gone through beside the ledger; then one transaction writes what
// differs, which is little or nothing, and names the new generation.
public sealed partial class MongoStore
{
    private const int BatchSize = 500;

    internal ValueTask<RebuildOutcome?> SwapAsync(MongoStore scratch, MongoRebuild rebuild, RebuildSwap swap, CancellationToken cancellation) =>
        RunExclusiveAsync(
            async bar =>
            {
                var meta = await ReadSnapshotAsync(session => ReadMetaAsync(session, cancellation), cancellation);
                if (FindRebuild(meta, swap.Run) is { } before) return before;
                if (meta.Number("catalogVersion") != swap.CatalogVersion) return null;
                while (await rebuild.ReadNextPacksAsync(cancellation) is { Count: > 0 } packs) await swap.Replay(packs);

                var (lines, conversions, journeys) = await ReadSnapshotAsync(session => CompareLedgerAsync(session, scratch, swap, cancellation), cancellation);
                var matched = await scratch.ReadSnapshotAsync(session => session.FindAsync(scratch.Items, new("matched", true), cancellation, only: new("_id", 1)), cancellation);
                var agreements = await scratch.ListAgreementsAsync(cancellation);
                return await RunTransactionAsync(
                    async session =>
                    {
                        await ReopenGatesAsync(session, bar, cancellation);
                        await MarkAgreementsChangedAsync(session, [.. agreements], cancellation);
                        return await TakeOverAsync(session, swap, lines, conversions, journeys, matched, cancellation);
                    },
                    cancellation);
            },
            cancellation);

    private async Task<RebuildOutcome?> TakeOverAsync(
        MongoSession session, RebuildSwap swap, List<LedgerEntry> lines, long conversions, MeasureSums journeys, List<BsonDocument> matched, CancellationToken cancellation)
    {
        var missing = new MeasureSums();
        missing.Add(swap.Costs);
        missing.Add(journeys);
        missing.Add(await SumRecordedMeasuresAsync(session, cancellation), -1);
        await InsertLedgerAsync(session, lines, cancellation);
        await session.InsertAsync(Deltas, DeltasToBson(missing.DropZeros(), swap.At, new DocumentWriter()), cancellation);
        await session.UpdateAsync(Items, new("_id", BsonValues.MatchAny(matched.Select(item => item["_id"]))), new("$set", new BsonDocument("matched", true)), cancellation);
        var outcome = new RebuildOutcome(conversions, lines.Count, missing.Cells.Count);
        var rebuilt = new BsonDocument { { "run", BsonValues.ToBson(swap.Run) }, { "conversions", outcome.Conversions }, { "lines", outcome.Lines }, { "cells", outcome.Cells } };
        await session.UpdateAsync(
            Meta, new("_id", "store"), new() { { "$inc", new BsonDocument("generation", 1L) }, { "$set", new BsonDocument("rebuilt", rebuilt) } }, cancellation);
        return outcome;
    }

    /// <summary>The ledger lines that turn what the ledger says into the rebuilt credits, of how many conversions, and what the journeys measure.</summary>
    private async Task<(List<LedgerEntry> Lines, long Conversions, MeasureSums Journeys)> CompareLedgerAsync(
        MongoSession session, MongoStore scratch, RebuildSwap swap, CancellationToken cancellation)
    {
        var (lines, conversions, measures) = (new List<LedgerEntry>(), 0L, new MeasureSums());
        var waiting = new Dictionary<(string Brand, string Conversion), IEnumerable<LedgerEntry>>();
        var rebuilt = scratch.rebuildGeneration!.Value;
        await foreach (var document in session.StreamAsync(Journeys(rebuilt), LiveFilter, null, null, new("journey", 1), cancellation))
        {
            var journey = JourneyCodec.Decode(document.Bytes("journey"));
            measures.Add(journey, 1);
            foreach (var (key, standing) in RebuiltLedger.ExpectedEntries(journey, swap.At)) waiting[(journey.Brand, key)] = standing;
            if (waiting.Count >= BatchSize) await ReadAgreementDocumentAsync();
        }
        await ReadAgreementDocumentAsync();

        // The conversion's key is its alias: one that leads nowhere is of no journey.
        var gone = new HashSet<(string Brand, string Conversion)>();
        var (last, only) = ((Brand: "", Conversion: ""), new BsonDocument { { "brand", 1 }, { "conversion", 1 } });
        await foreach (var line in session.StreamAsync(Ledger, [], new() { { "brand", 1 }, { "conversion", 1 } }, null, only, cancellation))
        {
            var of = (line.Text("brand"), line.Text("conversion"));
            if (of == last) continue;
            last = of;
            if (IdentityRules.IsConversionKey(last.Conversion)) gone.Add(last);
            if (gone.Count >= BatchSize) await ReverseAsync();
        }
        await ReverseAsync();
        return (lines, conversions, measures);

        async Task ReverseAsync()
        {
            if (gone.Count == 0) return;
            var texts = BsonValues.MatchAny(gone.Select(of => (BsonValue)AliasId(new(of.Brand, of.Conversion))));
            var there = (await session.FindAsync(Aliases(rebuilt), new("_id", texts), cancellation, only: new("_id", 1))).Select(alias => alias.Text("_id")).ToHashSet(StringComparer.Ordinal);
            foreach (var of in gone.Where(of => !there.Contains(AliasId(new(of.Brand, of.Conversion))))) waiting[of] = [];
            gone.Clear();
            await ReadAgreementDocumentAsync();
        }

        async Task ReadAgreementDocumentAsync()
        {
            foreach (var brand in waiting.GroupBy(pair => pair.Key.Brand, StringComparer.Ordinal))
            {
                var stored = await session.FindAsync(
                    Ledger, new() { { "brand", brand.Key }, { "conversion", BsonValues.MatchAny(brand.Select(pair => (BsonValue)pair.Key.Conversion)) } }, cancellation, sort: new("_id", 1));
                var recorded = stored.ConvertAll(LedgerEntryFromBson).ToLookup(line => line.Conversion, StringComparer.Ordinal);
                foreach (var ((_, conversion), standing) in brand)
                {
                    var difference = LedgerDifference.Between([.. recorded[conversion]], standing, RebuiltLedger.CauseFor(swap.Run), swap.At).ToList();
                    if (difference.Count == 0) continue;
                    lines.AddRange(difference);
                    conversions++;
                }
            }
            waiting.Clear();
        }
    }
}
