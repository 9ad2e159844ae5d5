using System.Collections.Immutable;
using System.Diagnostics;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using Attribution.Storage.Journeys;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attribution;

/// <summary>
/// The stage's steps, by name: read the packs' events, load the journeys they lead to, plan, commit; and once more from the load where
/// somebody else was faster. Customer keys that an outside producer sent as they are it hashes; with none to hash by, events come from the archive,
/// where they are. Thread-safe.
/// </summary>
internal sealed partial class Attributor(
    IJourneyStore store, CatalogCache catalogs, IdGenerator ids, TimeProvider time, AttributionMetrics? meter,
    IOptions<AttributionOptions> options, IOptions<AcceptanceOptions> acceptance, BotRules bots, CustomerKeyHasher? keys, ILogger<Attributor> logger)
{
    private readonly JourneyBounds bounds = new(
        options.Value.TouchesPerJourney, options.Value.TouchesSetAsidePerJourney, options.Value.ConversionsPerJourney,
        acceptance.Value.Horizon + options.Value.SealAfter);

    /// <summary>Commits packs: each wholly, once, however often it is delivered. Returns when all are in the store.</summary>
    /// <exception cref="InvalidOperationException">Others were faster too many times in a row; the message stays on the bus.</exception>
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

            waiting.Add(ParsePack(pack));
            events += pack.Events.Count;
        }

        if (waiting.Count > 0) await CommitWithRetriesAsync(waiting, cancellation);
    }

    /// <summary>Evaluates up to <paramref name="limit"/> journeys anew that were last evaluated with an older catalog, as far as it reaches them.</summary>
    /// <returns>How many there were; 0 when every journey stands on the current catalog.</returns>
    public async Task<int> ReevaluateAsync(int limit, CancellationToken cancellation)
    {
        var catalog = await catalogs.RefreshAsync(cancellation);
        var stale = await store.FindStaleAsync(catalog.Contents, limit, cancellation);
        if (stale.Count == 0) return 0;

        var load = new JourneyLoad(
            ImmutableHashSet<Guid>.Empty, ImmutableDictionary<AliasKey, Guid>.Empty, stale.ToImmutableDictionary(stored => stored.Journey.Id));
        var batch = new JourneyPlanner(load, catalog, ids.Next, bounds);
        batch.ReevaluateAll();
        var commit = batch.ToCommit(Timestamp.From(time.GetUtcNow()));
        var outcome = await store.CommitAsync(commit, cancellation);
        if (outcome == CommitOutcome.Committed)
        {
            meter?.RecordUnmatched(commit.Deltas);
            LogReevaluated(stale.Count, catalog.Version);
        }
        else
        {
            meter?.RecordConflict(outcome);
        }

        return stale.Count;
    }

    /// <summary>Reads packs: once, however often one is named.</summary>
    internal List<ParsedPack> ParsePacks(IEnumerable<EventPack> packs) => [.. packs.DistinctBy(pack => pack.PackId).Select(ParsePack)];

    /// <summary>Loads what a commit of packs is planned on.</summary>
    internal Task<LoadedPacks> LoadAsync(List<ParsedPack> packs, CancellationToken cancellation) => LoadFromStoreAsync(packs, time.GetTimestamp(), cancellation);

    /// <summary>Plans the commit of those packs that the store does not have.</summary>
    /// <param name="loaded">Packs for one commit, and what the store held.</param>
    /// <param name="ahead">
    /// A plan that the store has not written when it is loaded: this one is made on what that will have written, and is worth nothing unless that is written as
    /// it was planned.
    /// </param>
    /// <returns>Null where it cannot be told what that will have written.</returns>
    internal CommitPlan? PlanCommit(LoadedPacks loaded, CommitPlan? ahead)
    {
        var load = ahead?.Commit is { } before ? loaded.Load.AfterCommit(before, loaded.Aliases) : loaded.Load;
        if (load is null) return null;
        Activity.Current = loaded.Span;
        var fresh = loaded.Packs.FindAll(pack => !load.KnownPacks.Contains(pack.Pack.PackId));
        return new(fresh, fresh.Count == 0 ? null : BuildCommit(fresh, load, loaded.Catalog), loaded.Span, loaded.StartedAt);
    }

    /// <summary>Commits as planned.</summary>
    /// <returns>False where others were faster, or what was planned ahead was not written: nothing is written, and packs are to be planned anew.</returns>
    internal async Task<bool> TryCommitAsync(CommitPlan plan, CancellationToken cancellation)
    {
        using var span = Activity.Current = plan.Span;
        if (plan.Commit is not { } commit) return true;
        var outcome = await TraceAsync("store commit", () => plan.Encoded is { } encoded ? store.CommitAsync(encoded, cancellation) : store.CommitAsync(commit, cancellation));
        if (outcome == CommitOutcome.Committed)
        {
            meter?.RecordCommitDuration(time.GetElapsedTime(plan.StartedAt));
            meter?.RecordUnmatched(commit.Deltas);
            foreach (var pack in plan.Packs) meter?.RecordPack(pack.Pack, pack.Events.ConvertAll(read => read.Happened), pack.NewRejectionReasons, time.GetUtcNow());
            return true;
        }

        meter?.RecordConflict(outcome);
        if (outcome == CommitOutcome.CatalogChanged) await catalogs.RefreshAsync(cancellation);
        return false;
    }

    private async Task CommitWithRetriesAsync(List<ParsedPack> packs, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        for (var attempt = 1; attempt <= options.Value.CommitAttempts; attempt++)
        {
            if (await TryCommitAsync(PlanCommit(await LoadFromStoreAsync(packs, began, cancellation), ahead: null)!, cancellation)) return;
        }

        throw new InvalidOperationException($"A commit of {packs.Count} packs met conflicts {options.Value.CommitAttempts} times in a row.");
    }

    private async Task<LoadedPacks> LoadFromStoreAsync(List<ParsedPack> packs, long began, CancellationToken cancellation)
    {
        var span = Telemetry.StartSpan("attribute", ActivityKind.Consumer, packs.Select(pack => pack.Pack.TraceParent));
        span?.SetTag("attribution.packs", packs.Count);
        var catalog = catalogs.Current;
        var asked = packs.ConvertAll(pack => pack.Pack.PackId);
        var aliases = packs.SelectMany(pack => pack.Events).SelectMany(read => JourneyPlanner.GetAliases(read.Happened)).ToHashSet();
        return new(packs, aliases, await TraceAsync("store load", () => store.LoadJourneysAsync(asked, aliases, cancellation)), catalog, span, began);
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
        foreach (var (pack, events, refused) in packs)
        {
            // What states a receipt that is yet to come seals nothing before its time.
            var receivedAt = Timestamp.From(pack.ReceivedAt) is var stated && stated < now ? stated : now;
            rejections.AddRange(refused.Select(refusal => ToRejection(pack, refusal)));
            foreach (var (happened, bytes) in events)
            {
                if (catalog.FindBrand(happened.Brand) is not null) batch.Add(happened, receivedAt);
                else rejections.Add(ToRejection(pack, RejectUnknownBrand(happened, bytes)));
            }
        }

        return batch.ToCommit(now) with { Packs = packs.ConvertAll(pack => pack.Pack), Rejections = rejections };
    }

    /// <summary>
    /// A bad event never faults its pack: it becomes a rejection, and the rest goes on. The door has taken addresses out and hashed customer
    /// keys already; what an outside producer published past it is archived so as well.
    /// </summary>
    private ParsedPack ParsePack(EventPack pack)
    {
        pack = pack with { Events = [.. pack.Events.Select(RedactEvent)] };
        var context = new EventContext(pack.Source, pack.BrandId ?? BrandSettings.DefaultId, pack.ReceivedAt, acceptance.Value.Horizon) { Bots = bots };
        var events = new List<(JourneyEvent, byte[])>(pack.Events.Count);
        List<RefusedEvent> refused = [.. (pack.Refused ?? []).Select(refusal => refusal with { Payload = RedactEvent(refusal.Payload) })];
        foreach (var bytes in pack.Events)
        {
            var read = EventReader.ReadLenient(bytes, context);
            if (read.Event is not null) events.Add((read.Event, bytes));
            else
            {
                var fault = read.Fault!;
                refused.Add(new() { Reason = fault.Reason, Pointer = fault.Pointer, Detail = fault.Detail, EventId = read.EventId, Payload = bytes });
                LogPoison(pack.PackId, fault.Reason);
            }
        }

        return new(pack, events, refused);
    }

    private byte[] RedactEvent(byte[] bytes) => EventRedaction.Redact(bytes, keys) ?? bytes;

    private static RefusedEvent RejectUnknownBrand(JourneyEvent happened, byte[] bytes) => new()
    {
        Reason = RejectionReason.BrandUnknown,
        Pointer = "/brandId",
        Detail = $"There is no brand '{happened.Brand}'. PUT /v1/brands/{happened.Brand} first.",
        EventId = happened.Id.Id,
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
        Payload = [.. refused.Payload.AsSpan(0, Math.Min(refused.Payload.Length, EventLimits.Bytes))],
    };

    /// <summary>What a commit is planned on.</summary>
    /// <param name="Packs">Those that it is to be of.</param>
    /// <param name="Aliases">Every alias of their events.</param>
    /// <param name="Load">What the store held.</param>
    /// <param name="Catalog">No newer than what was loaded.</param>
    /// <param name="Span">Traces load, plan and commit; it ends with the commit.</param>
    /// <param name="StartedAt">When the first try began.</param>
    internal sealed record LoadedPacks(List<ParsedPack> Packs, HashSet<AliasKey> Aliases, JourneyLoad Load, CatalogSnapshot Catalog, Activity? Span, long StartedAt);

    /// <summary>What one transaction is to write.</summary>
    /// <param name="Packs">Those that it is of.</param>
    /// <param name="Commit">Null where all packs are committed already.</param>
    /// <param name="Span">Traces load, plan and commit; it ends with the commit.</param>
    /// <param name="StartedAt">When the first try began.</param>
    internal sealed record CommitPlan(List<ParsedPack> Packs, JourneyCommit? Commit, Activity? Span, long StartedAt)
    {
        /// <summary>Gets the commit with its documents encoded; null when it is not encoded yet.</summary>
        public EncodedCommit? Encoded { get; private init; }

        /// <summary>Returns the same plan with its documents encoded.</summary>
        public CommitPlan Encode() => this with { Encoded = Commit is null ? null : EncodedCommit.Encode(Commit) };
    }

    internal sealed record ParsedPack(EventPack Pack, List<(JourneyEvent Happened, byte[] Bytes)> Events, List<RefusedEvent> Refused)
    {
        /// <summary>Why events were refused here that the door, or an outside producer, had let pass.</summary>
        public IEnumerable<RejectionReason> NewRejectionReasons => Refused.Skip(Pack.Refused?.Count ?? 0).Select(refused => refused.Reason);
    }

    [LoggerMessage(EventIds.EventRejectedOnBus, LogLevel.Warning, "An event of pack {Pack} was rejected on the bus: {Reason}")]
    private partial void LogPoison(Guid pack, RejectionReason reason);

    [LoggerMessage(EventIds.JourneysReevaluated, LogLevel.Information, "Re-evaluated {Journeys} journeys with catalog version {Version}")]
    private partial void LogReevaluated(int journeys, long version);
}
