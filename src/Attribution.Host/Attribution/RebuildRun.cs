using System.Globalization;
using System.Text.Json;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Journeys;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Observability;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attribution;

/// <summary>
/// Rebuilds journeys and aliases from the archived packs with the same engine, while the store continues to serve;
/// catches up; and has the store adopt the result. Differences to the ledger, normally none, become ledger entries and
/// a delta. Resumes after a killed process.
/// </summary>
internal sealed partial class RebuildRun(
    IRebuildStore store, IdGenerator ids, TimeProvider time, IOptions<AttributionOptions> options, IOptions<AcceptanceOptions> acceptance, CustomBotRules bots,
    CatalogCache serving, ILogger<RebuildRun> logger) : IBackgroundRun
{
    private const int JourneysPerCommit = 500;

    /// <summary>Number of packs below which the rest is left to the swap.</summary>
    private const int MaxTailPacks = 100;

    /// <inheritdoc/>
    public string Name => RunNames.Rebuild;

    /// <summary>
    /// Gets the number of attempts. Each attempt resumes the previous one, so that many restarts do not indicate a
    /// fault.
    /// </summary>
    public int MaxAttempts => 100;

    /// <inheritdoc/>
    public async Task<byte[]> RunAsync(RunDocument run, RunProgress progress, CancellationToken cancellation)
    {
        var outcome = await store.FindRebuildAsync(run.Id, cancellation);
        try
        {
            outcome ??= await RebuildAsync(run.Id, progress, cancellation);
        }
        catch (ArchiveIncompleteException e)
        {
            await store.DiscardRebuildAsync(CancellationToken.None);
            throw new RunRefusedException(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await store.DiscardRebuildAsync(CancellationToken.None);
            throw;
        }

        await store.DiscardRebuildAsync(CancellationToken.None);
        LogDone(outcome.Conversions, outcome.Lines, outcome.Cells);
        return WriteResult(outcome);
    }

    private async Task<RebuildOutcome> RebuildAsync(Guid run, RunProgress progress, CancellationToken cancellation)
    {
        while (true)
        {
            var rules = GetRules(await serving.RefreshAsync(cancellation)).Fingerprint;
            if (await TryRebuildAsync(run, rules, progress, cancellation) is { } outcome) return outcome;
            // The replayed events have labels of the older rules.
            await store.DiscardRebuildAsync(cancellation);
        }
    }

    /// <summary>Rebuilds; returns null if newer bot rules apply meanwhile.</summary>
    private async Task<RebuildOutcome?> TryRebuildAsync(Guid run, string rules, RunProgress progress, CancellationToken cancellation)
    {
        // A rebuild is resumed only if these values are the same. The module version ids change with the code.
        var mark = string.Create(
            CultureInfo.InvariantCulture,
            $"{run:N} {typeof(Journey).Module.ModuleVersionId:N} {GetType().Module.ModuleVersionId:N} "
            + $"{options.Value.TouchesPerJourney} {options.Value.TouchesSetAsidePerJourney} {options.Value.ConversionsPerJourney} "
            + $"{acceptance.Value.Horizon} {options.Value.SealAfter} {rules}");
        await using var rebuild = await store.OpenRebuildAsync(mark, cancellation);
        using var catalogs = new CatalogCache(rebuild.Catalog);
        // Metrics and logs have these events already.
        var attributor = new Attributor(
            rebuild.Journeys, catalogs, ids, time, metrics: null, options, acceptance, bots, keys: null, NullLogger<Attributor>.Instance);
        progress.Phase = "replaying";
        while (true)
        {
            await rebuild.CopyCatalogAsync(cancellation);
            if (GetRules(await catalogs.RefreshAsync(cancellation)).Fingerprint != rules) return null;
            await ReplayAsync(rebuild, attributor, progress, cancellation);
            progress.Phase = "catching up";
            while (await attributor.ReevaluateAsync(JourneysPerCommit, cancellation) > 0) cancellation.ThrowIfCancellationRequested();
            await ReplayAsync(rebuild, attributor, progress, cancellation);

            progress.Phase = "swapping";
            var catalog = catalogs.Current;
            var swap = new RebuildSwap
            {
                Run = run,
                CatalogVersion = catalog.Version,
                Costs = CostMeasures.Calculate(catalog),
                Replay = packs => attributor.AttributeAsync(packs, cancellation),
                At = Timestamp.From(time.GetUtcNow()),
            };
            if (await rebuild.SwapAsync(swap, cancellation) is { } outcome)
            {
                await ReportProgressAsync(rebuild, progress, cancellation);
                return outcome;
            }

            progress.Phase = "catching up";
        }
    }

    private BotRules GetRules(CatalogSnapshot catalog) => bots.Rules ?? catalog.Contents.BotRules;

    private static async Task ReplayAsync(
        IRebuild rebuild, Attributor attributor, RunProgress progress, CancellationToken cancellation)
    {
        while (await ReportProgressAsync(rebuild, progress, cancellation) >= MaxTailPacks)
        {
            await attributor.AttributeAsync(await rebuild.ReadNextPacksAsync(cancellation), cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static async Task<long> ReportProgressAsync(
        IRebuild rebuild, RunProgress progress, CancellationToken cancellation)
    {
        var (done, total) = await rebuild.CountPacksAsync(cancellation);
        progress.Report(done, total);
        return total - done;
    }

    private static byte[] WriteResult(RebuildOutcome outcome)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("conversions", outcome.Conversions);
            json.WriteNumber("ledgerLines", outcome.Lines);
            json.WriteNumber("cells", outcome.Cells);
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    [LoggerMessage(
        EventIds.RebuildCompleted, LogLevel.Information,
        "Rebuild complete: {Conversions} conversions changed ({Lines} ledger lines), {Cells} rollup cells changed")]
    private partial void LogDone(long conversions, long lines, long cells);
}
