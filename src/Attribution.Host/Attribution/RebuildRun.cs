using System.Globalization;
using System.Text.Json;
using Attribution.Core.Costs;
using Attribution.Core.Journeys;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Observability;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attribution;

/// <summary>
/// Makes journeys and aliases again from the archived packs, by the very engine that made them, beside the store that goes on serving; catches up;
/// and has the store take them over. What the books said otherwise, normally nothing, becomes ledger lines and a delta. Goes on where a process
/// that was killed left it.
/// </summary>
internal sealed partial class RebuildRun(
    IRebuildStore store, IdGenerator ids, TimeProvider time, IOptions<AttributionOptions> options, IOptions<AcceptanceOptions> acceptance, BotRules bots, ILogger<RebuildRun> logger) : IBackgroundRun
{
    private const int JourneysPerCommit = 500;

    /// <summary>A tail of fewer packs is left to the swap.</summary>
    private const int MaxTailPacks = 100;

    /// <inheritdoc/>
    public string Name => RunNames.Rebuild;

    /// <summary>Each attempt goes on where the one before stood, so that many restarts are no sign of a fault.</summary>
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
        // What must be the same for half a rebuild to be gone on with. Its ids of build change with the code.
        var mark = string.Create(
            CultureInfo.InvariantCulture,
            $"{run:N} {typeof(Journey).Module.ModuleVersionId:N} {GetType().Module.ModuleVersionId:N} {options.Value.TouchesPerJourney} {options.Value.TouchesSetAsidePerJourney} {options.Value.ConversionsPerJourney} {acceptance.Value.Horizon} {options.Value.SealAfter} {bots.Fingerprint}");
        await using var rebuild = await store.OpenRebuildAsync(mark, cancellation);
        using var catalogs = new CatalogCache(rebuild.Catalog);
        // Its events were counted and its poison logged when they came.
        var attributor = new Attributor(rebuild.Journeys, catalogs, ids, time, meter: null, options, acceptance, bots, keys: null, NullLogger<Attributor>.Instance);
        progress.Phase = "replaying";
        while (true)
        {
            await rebuild.CopyCatalogAsync(cancellation);
            await catalogs.RefreshAsync(cancellation);
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

    private static async Task ReplayAsync(IRebuild rebuild, Attributor attributor, RunProgress progress, CancellationToken cancellation)
    {
        while (await ReportProgressAsync(rebuild, progress, cancellation) >= MaxTailPacks)
        {
            await attributor.AttributeAsync(await rebuild.ReadNextPacksAsync(cancellation), cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static async Task<long> ReportProgressAsync(IRebuild rebuild, RunProgress progress, CancellationToken cancellation)
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

    [LoggerMessage(EventIds.RebuildCompleted, LogLevel.Information, "Rebuild complete: {Conversions} conversions changed ({Lines} ledger lines), {Cells} rollup cells changed")]
    private partial void LogDone(long conversions, long lines, long cells);
}
