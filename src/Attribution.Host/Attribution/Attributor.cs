using System.Collections.Immutable;
using System.Diagnostics;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using Attribution.Storage.Journeys;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attribution;

/// <summary>
/// Runs the stage's steps: parses packs, loads their journeys, plans and commits, and starts again with the load after
/// a conflict. Hashes customer keys that an external producer sent unhashed. Without a hasher, events come from the
/// archive, whose keys are hashed. Thread-safe.
/// </summary>
internal sealed partial class Attributor(
    IJourneyStore store, CatalogCache catalogs, IdGenerator ids, TimeProvider time, AttributionMetrics? metrics,
    IOptions<AttributionOptions> options, IOptions<AcceptanceOptions> acceptance, CustomBotRules bots, CustomerKeyHasher? keys, ILogger<Attributor> logger)
{
    private readonly JourneyBounds bounds = options.Value.GetBounds(acceptance.Value.Horizon);

    /// <summary>
    /// Commits packs, each completely and once, even if it is delivered repeatedly. Returns when all are in the store.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A commit had too many conflicts in a row; the message stays on the bus.
    /// </exception>
    public async Task AttributeAsync(IReadOnlyList<EventPack> packs, CancellationToken cancellation)
    {
        var waiting = new List<ParsedPack>();
        var events = 0;
        foreach (var pack in packs.DistinctBy(pack => pack.PackId))
        {
            if (waiting.Count > 0 && events + pack.Events.Count > options.Value.EventsPerCommit)
            {
                await CommitWithRetriesAsync(waiting, cancellation);
                waiting.Clear();
                events = 0;
            }

            waiting.Add(ParsePack(pack, GetRules(catalogs.Current)));
            events += pack.Events.Count;
        }

        if (waiting.Count > 0) await CommitWithRetriesAsync(waiting, cancellation);
    }

    /// <summary>Re-evaluates up to <paramref name="limit"/> journeys that were last evaluated with an older catalog and are affected by the change.</summary>
    /// <returns>The number of such journeys; 0 when every journey is up to date.</returns>
    public async Task<int> ReevaluateAsync(int limit, CancellationToken cancellation)
    {
        var catalog = await catalogs.RefreshAsync(cancellation);
        var stale = await store.FindStaleAsync(catalog.Contents, limit, cancellation);
        if (stale.Count == 0) return 0;

        var load = new JourneyLoad(
            ImmutableHashSet<Guid>.Empty, ImmutableDictionary<AliasKey, Guid>.Empty, stale.ToImmutableDictionary(
                stored => stored.Journey.Id));
        var batch = new JourneyPlanner(load, catalog, ids.Next, bounds);
        batch.ReevaluateAll();
        var commit = batch.ToCommit(Timestamp.From(time.GetUtcNow()));
        var outcome = await store.CommitAsync(commit, cancellation);
        if (outcome == CommitOutcome.Committed)
        {
            metrics?.RecordUnmatched(commit.Deltas);
            LogReevaluated(stale.Count, catalog.Version);
        }
        else
        {
            metrics?.RecordConflict(outcome);
        }

        return stale.Count;
    }

    /// <summary>
    /// Returns the number of journeys that were last evaluated before shares were split over placements.
    /// </summary>
    public async Task<long> CountBeforePlacementSharesAsync(CancellationToken cancellation)
    {
        var catalog = await catalogs.RefreshAsync(cancellation);
        return await store.CountStaleAsync(catalog.Contents.PlacementSharesVersion, cancellation);
    }

    /// <summary>
    /// Returns the number of journeys that were last evaluated before customers were new by their earlier orders.
    /// </summary>
    public async Task<long> CountBeforeFirstOrdersAsync(CancellationToken cancellation)
    {
        var catalog = await catalogs.RefreshAsync(cancellation);
        return await store.CountStaleAsync(catalog.Contents.FirstOrdersVersion, cancellation);
    }

    /// <summary>Parses packs, each once.</summary>
    internal List<ParsedPack> ParsePacks(IEnumerable<EventPack> packs) =>
        [.. packs.DistinctBy(pack => pack.PackId).Select(pack => ParsePack(pack, GetRules(catalogs.Current)))];

    /// <summary>Loads the data on which a commit of packs is planned.</summary>
    internal Task<LoadedPacks> LoadAsync(List<ParsedPack> packs, CancellationToken cancellation) =>
        LoadFromStoreAsync(packs, time.GetTimestamp(), cancellation);

    /// <summary>Plans the commit of the packs that the store does not have.</summary>
    /// <param name="loaded">Packs of one commit, and the store's data.</param>
    /// <param name="ahead">
    /// A plan that was not written when the data was loaded. The new plan is based on its expected result, and is valid
    /// only if it is written as planned.
    /// </param>
    /// <returns>Null when the expected result is unknown.</returns>
    internal CommitPlan? PlanCommit(LoadedPacks loaded, CommitPlan? ahead)
    {
        var load = ahead?.Commit is { } before ? loaded.Load.AfterCommit(before, loaded.Aliases) : loaded.Load;
        if (load is null) return null;
        Activity.Current = loaded.Span;
        var fresh = loaded.Packs.FindAll(pack => !load.KnownPacks.Contains(pack.Pack.PackId));
        return new(
            fresh, fresh.Count == 0 ? null : BuildCommit(fresh, load, loaded.Catalog), loaded.Span, loaded.StartedAt);
    }

    /// <summary>Commits as planned.</summary>
    /// <returns>
    /// False after a conflict, or when the previous plan was not written: nothing is written, and the packs must be
    /// planned again.
    /// </returns>
    internal async Task<bool> TryCommitAsync(CommitPlan plan, CancellationToken cancellation)
    {
        using var span = Activity.Current = plan.Span;
        if (plan.Commit is not { } commit) return true;
        var outcome = await TraceAsync(
            "store commit", () => plan.Encoded is { } encoded
                ? store.CommitAsync(encoded, cancellation) : store.CommitAsync(commit, cancellation));
        if (outcome == CommitOutcome.Committed)
        {
            metrics?.RecordCommitDuration(time.GetElapsedTime(plan.StartedAt));
            metrics?.RecordUnmatched(commit.Deltas);
            metrics?.RecordKeptApart(commit.Deltas);
            foreach (var pack in plan.Packs)
                metrics?.RecordPack(
                    pack.Pack, pack.Events.ConvertAll(read => read.Event), pack.NewRejectionReasons, time.GetUtcNow());
            return true;
        }

        metrics?.RecordConflict(outcome);
        if (outcome == CommitOutcome.CatalogChanged) await catalogs.RefreshAsync(cancellation);
        return false;
    }

    private async Task CommitWithRetriesAsync(List<ParsedPack> packs, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        for (var attempt = 1; attempt <= options.Value.CommitAttempts; attempt++)
        {
            if (await TryCommitAsync(
                PlanCommit(await LoadFromStoreAsync(packs, began, cancellation), ahead: null)!, cancellation))
                return;
        }

        throw new InvalidOperationException(
            $"A commit of {packs.Count} packs met conflicts {options.Value.CommitAttempts} times in a row.");
    }

    private async Task<LoadedPacks> LoadFromStoreAsync(
        List<ParsedPack> packs, long began, CancellationToken cancellation)
    {
        var span = Telemetry.StartSpan("attribute", ActivityKind.Consumer, packs.Select(pack => pack.Pack.TraceParent));
        span?.SetTag("attribution.packs", packs.Count);
        var catalog = catalogs.Current;
        var packIds = packs.ConvertAll(pack => pack.Pack.PackId);
        var aliases = packs.SelectMany(pack => pack.Events).SelectMany(read => JourneyPlanner.GetAliases(read.Event)).ToHashSet();
        var load = await TraceAsync("store load", () => store.LoadJourneysAsync(packIds, aliases, cancellation));
        return new(packs, aliases, load, catalog, span, began);
    }

    private static async ValueTask<T> TraceAsync<T>(string name, Func<ValueTask<T>> work)
    {
        using var span = Telemetry.Source.StartActivity(name, ActivityKind.Client);
        return await work();
    }

    private JourneyCommit BuildCommit(List<ParsedPack> packs, JourneyLoad load, CatalogSnapshot catalog)
    {
        var batch = new JourneyPlanner(load, catalog, ids.Next, bounds);
        var rejections = new List<RejectionDocument>();
        var now = Timestamp.From(time.GetUtcNow());
        // Newer bot rules may apply since the packs were parsed.
        var rules = GetRules(catalog);
        foreach (var (pack, events, refused, _) in packs.Select(parsed => parsed.Rules == rules ? parsed : ParsePack(parsed.Pack, rules)))
        {
            // A pack with a time of receipt in the future must not archive anything early.
            var receivedAt = Timestamp.From(pack.ReceivedAt) is var stated && stated < now ? stated : now;
            rejections.AddRange(refused.Select(refusal => ToRejection(pack, refusal)));
            foreach (var (journeyEvent, bytes) in events)
            {
                if (catalog.FindBrand(journeyEvent.Brand) is not null) batch.Add(journeyEvent, receivedAt);
                else rejections.Add(ToRejection(pack, RejectUnknownBrand(journeyEvent, bytes)));
            }
        }

        return batch.ToCommit(now) with { Packs = packs.ConvertAll(pack => pack.Pack), Rejections = rejections };
    }

    /// <summary>
    /// Parses a pack. An invalid event becomes a rejection and does not affect the others. Addresses are removed and
    /// customer keys hashed, as the ingest does, for events that an external producer published.
    /// </summary>
    private ParsedPack ParsePack(EventPack pack, BotRules rules)
    {
        pack = pack with { Events = [.. pack.Events.Select(RedactEvent)] };
        var context = new EventContext(pack.Source, pack.BrandId ?? BrandSettings.DefaultId, pack.ReceivedAt, acceptance.Value.GetHorizon(pack))
        {
            Bots = rules,
        };
        var events = new List<(JourneyEvent, byte[])>(pack.Events.Count);
        List<RefusedEvent> refused = [.. (pack.Refused ?? [])
            .Select(refusal => refusal with { Payload = RedactEvent(refusal.Payload) })];
        foreach (var bytes in pack.Events)
        {
            var read = EventReader.ReadLenient(bytes, context);
            if (read.Event is not null) events.Add((read.Event, bytes));
            else
            {
                var fault = read.Fault!;
                refused.Add(
                    new() { Reason = fault.Reason, Pointer = fault.Pointer, Detail = fault.Detail, EventId = read.EventId, Payload = bytes });
                LogPoison(pack.PackId, fault.Reason);
            }
        }

        return new(pack, events, refused, rules);
    }

    /// <summary>Returns the bot rules that label events.</summary>
    private BotRules GetRules(CatalogSnapshot catalog) => bots.Rules ?? catalog.Contents.BotRules;

    private byte[] RedactEvent(byte[] bytes) => EventRedaction.Redact(bytes, keys) ?? bytes;

    private static RefusedEvent RejectUnknownBrand(JourneyEvent journeyEvent, byte[] bytes) => new()
    {
        Reason = RejectionReason.BrandUnknown,
        Pointer = "/brandId",
        Detail = $"There is no brand '{journeyEvent.Brand}'. PUT /v1/brands/{journeyEvent.Brand} first.",
        EventId = journeyEvent.Id.Id,
        Payload = bytes,
    };

    private RejectionDocument ToRejection(EventPack pack, RefusedEvent refused) => new()
    {
        Id = ids.Next(),
        Brand = pack.BrandId ?? BrandSettings.DefaultId,
        Source = pack.Source,
        ReceivedAt = Timestamp.From(pack.ReceivedAt),
        Reason = refused.Reason,
        Pointer = refused.Pointer,
        Detail = refused.Detail,
        EventId = refused.EventId,
        Schema = pack.Schema,
        // Nothing is left to do: the order was accepted without the member.
        ResolvedAt = refused.Reason == RejectionReason.LeftOut ? Timestamp.From(pack.ReceivedAt) : null,
        Payload = [.. refused.Payload.AsSpan(0, Math.Min(refused.Payload.Length, EventLimits.Bytes))],
    };

    /// <summary>Returns a plan with its documents encoded.</summary>
    internal CommitPlan EncodePlan(CommitPlan plan) =>
        plan with { Encoded = plan.Commit is null ? null : store.Encode(plan.Commit) };

    /// <summary>Data on which a commit is planned.</summary>
    /// <param name="Packs">Packs of the commit.</param>
    /// <param name="Aliases">All aliases of their events.</param>
    /// <param name="Load">The store's data.</param>
    /// <param name="Catalog">A catalog that is not newer than the data.</param>
    /// <param name="Span">Span of load, plan and commit; ends with the commit.</param>
    /// <param name="StartedAt">Timestamp of the first attempt.</param>
    internal sealed record LoadedPacks(
        List<ParsedPack> Packs, HashSet<AliasKey> Aliases, JourneyLoad Load, CatalogSnapshot Catalog, Activity? Span, long StartedAt);

    /// <summary>Plan of one transaction.</summary>
    /// <param name="Packs">Packs that the store does not have.</param>
    /// <param name="Commit">The commit; null when all packs are committed already.</param>
    /// <param name="Span">Span of load, plan and commit; ends with the commit.</param>
    /// <param name="StartedAt">Timestamp of the first attempt.</param>
    internal sealed record CommitPlan(List<ParsedPack> Packs, JourneyCommit? Commit, Activity? Span, long StartedAt)
    {
        /// <summary>Gets the commit with its documents encoded; null when it is not encoded yet.</summary>
        public EncodedCommit? Encoded { get; init; }
    }

    /// <summary>A parsed pack.</summary>
    /// <param name="Pack">The pack as it is archived.</param>
    /// <param name="Events">Valid events with their JSON.</param>
    /// <param name="Refused">Rejected events: those of the pack, then those rejected here.</param>
    /// <param name="Rules">The bot rules that label the events.</param>
    internal sealed record ParsedPack(
        EventPack Pack, List<(JourneyEvent Event, byte[] Bytes)> Events, List<RefusedEvent> Refused, BotRules Rules)
    {
        /// <summary>Gets the reasons of the events rejected here.</summary>
        public IEnumerable<RejectionReason> NewRejectionReasons =>
            Refused.Skip(Pack.Refused?.Count ?? 0).Select(refused => refused.Reason);
    }

    [LoggerMessage(
        EventIds.EventRejectedOnBus, LogLevel.Warning, "An event of pack {Pack} was rejected on the bus: {Reason}")]
    private partial void LogPoison(Guid pack, RejectionReason reason);

    [LoggerMessage(
        EventIds.JourneysReevaluated, LogLevel.Information, "Re-evaluated {Journeys} journeys with catalog version {Version}")]
    private partial void LogReevaluated(int journeys, long version);
}
