using System.Numerics;
using Attribution.Core.Models;
using Attribution.TestKit;
using Attribution.TestKit.Twin;

namespace Attribution.Host.Tests.Laws;

/// <summary>Failure of a case: the broken law, with details.</summary>
internal sealed record Violation(string Law, string Details);

/// <summary>
/// Runs a case through the engine in several ways, and compares the results with the twin, the laws and each other.
/// </summary>
internal sealed class LawCheck(TempFolder folder, byte[] empty)
{
    private int runs;

    public static async Task<LawCheck> CreateAsync(TempFolder folder, CancellationToken cancellation) =>
        new(folder, await EngineRun.EmptyAsync(folder.File("empty.db"), cancellation));

    public async Task<Violation?> RunAsync(LawCase @case, CancellationToken cancellation)
    {
        var twin = NaiveTwin.Compute(@case.TwinEvents, @case.Catalog);
        try
        {
            var straight = await RunAsync(@case, DeliveryPlan.InOrder(@case), ahead: false, cancellation);
            if (CompareWithTwin(twin, straight) is { } breach) return breach;
            if (Credits(straight) is { } unequal) return unequal;
            if (Revenue(straight) is { } lost) return lost;

            // Rebuilding is the slowest and least varied step, so only a third of the cases include it.
            var rebuilt = (EngineState?)null;
            var anyhow = await RunAsync(
                @case, DeliveryPlan.Shuffled(@case, 0), ahead: @case.Seed % 2 == 0, cancellation, @case.Seed % 3 == 0 ? books => rebuilt = books : null);
            return CompareRuns("any order, split, duplication and order of catalog edits", straight, anyhow)
                ?? (rebuilt is null ? null : CompareRuns("rebuilt from the packs", straight, rebuilt));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new("nothing throws", e.ToString());
        }
    }

    private async Task<EngineState> RunAsync(LawCase @case, IEnumerable<DeliveryStep> steps, bool ahead, CancellationToken cancellation, Action<EngineState>? onRebuilt = null)
    {
        await using var run = await EngineRun.OpenAsync(empty, folder.File($"{Interlocked.Increment(ref runs)}.db"), cancellation);
        foreach (var step in steps)
        {
            switch (step)
            {
                case DeliveryStep.PutItems put: await run.PutAsync(put.Items, cancellation); break;
                case DeliveryStep.ReceivePacks take: await (ahead ? run.ProcessPlannedAheadAsync(take.Packs, cancellation) : run.ProcessAsync(take.Packs, cancellation)); break;
                case DeliveryStep.Reevaluate: await run.ReevaluateAsync(cancellation); break;
                case DeliveryStep.Fold fold: await run.FoldAsync(fold.Limit, cancellation); break;
            }
        }

        var brands = @case.TwinEvents.Select(journeyEvent => journeyEvent.Brand).Distinct().ToList();
        var books = await run.ReadAsync(brands, cancellation);
        if (onRebuilt is null) return books;
        (await run.RebuildAsync(cancellation)).ShouldBe("""{"conversions":0,"ledgerLines":0,"cells":0}""");
        onRebuilt(await run.ReadAsync(brands, cancellation));
        return books;
    }

    private static Violation? CompareWithTwin(TwinResult twin, EngineState engine) =>
        Differences("the twin's rollups", twin.Cells, engine.Rollups)
        ?? Differences("deltas sum to the measures of the journeys", engine.Measured, engine.Rollups)
        ?? Differences("the twin's ledger", twin.Ledger, engine.Ledger);

    private static Violation? CompareRuns(string law, EngineState straight, EngineState other) =>
        Differences(law, straight.Rollups, other.Rollups)
        ?? Differences(law, other.Measured, other.Rollups)
        ?? Differences(law, straight.Ledger, other.Ledger)
        ?? (straight.Documents.SequenceEqual(other.Documents) ? null : new Violation(law, "The journeys differ though their measures are the same."));

    /// <summary>
    /// Law 1: the credits of a credited conversion add up to it exactly, under every model except participation, and
    /// under fitted models if the day has a fit.
    /// </summary>
    private static Violation? Credits(EngineState books)
    {
        foreach (var conversion in books.Journeys.SelectMany(journey => journey.Conversions).Where(conversion => !conversion.Credits.IsEmpty))
        foreach (var model in (conversion.FitNumber > 0 ? ModelNames.Served : ModelNames.Heuristic).Where(model => model != Model.Participation))
        {
            var credits = conversion.Credits.Where(credit => credit.Models.Contains(model)).ToList();
            var sums = (
                credits.Sum(credit => credit.Gross), credits.Sum(credit => credit.Discount), credits.Sum(credit => credit.Refunds), credits.Sum(credit => credit.Micros));
            if (sums != (conversion.Gross, conversion.Discount, conversion.Refunds, conversion.IsCanceled ? 0 : 1_000_000)
                || credits.Exists(credit => credit.Gross - credit.Discount - credit.Refunds < 0))
                return new("credits sum to their conversion", $"{conversion.Key} under {model}: {string.Join("; ", credits)}");
        }

        return null;
    }

    /// <summary>Law 4: attributed plus unattributed measures equal the totals, per brand, day and model.</summary>
    private static Violation? Revenue(EngineState books)
    {
        foreach (var total in books.Rollups.Keys.Where(cell => cell.Model is not ("" or "participation")).Select(cell => (cell.Brand, cell.Day, cell.Model)).Distinct())
        foreach (var measure in new[] { "gross", "discount", "refunds", "refundsCash", "conversions", "leads" })
        {
            var cells = books.Rollups.Where(cell => (cell.Key.Brand, cell.Key.Day, cell.Key.Model, cell.Key.Measure) == (total.Brand, total.Day, total.Model, measure)).ToList();
            var all = Sum(cells.Where(cell => cell.Key.Campaign == "*"));
            var parts = Sum(cells.Where(cell => cell.Key.Campaign != "*" && !cell.Key.Campaign.StartsWith('?')));
            if (all != parts) return new("creators plus unattributed equal the total", $"{total} {measure}: {parts} of {all}");
        }

        return null;

        static BigInteger Sum(IEnumerable<KeyValuePair<TwinCell, BigInteger>> cells) => cells.Aggregate(BigInteger.Zero, (sum, cell) => sum + cell.Value);
    }

    private static Violation? Differences<TKey, TValue>(string law, Dictionary<TKey, TValue> expected, Dictionary<TKey, TValue> actual) where TKey : notnull
    {
        var different = expected.Keys.Union(actual.Keys)
            .Where(key => !EqualityComparer<TValue>.Default.Equals(expected.GetValueOrDefault(key), actual.GetValueOrDefault(key)))
            .Select(key => $"{key}: expected {expected.GetValueOrDefault(key)}, is {actual.GetValueOrDefault(key)}").Order(StringComparer.Ordinal).ToList();
        return different.Count == 0 ? null : new(law, $"{different.Count} differences{Environment.NewLine}{string.Join(Environment.NewLine, different.Take(12))}");
    }
}
