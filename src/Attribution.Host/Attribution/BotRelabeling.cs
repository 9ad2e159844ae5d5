using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Storage.DataSets;
using Attribution.Storage.Journeys;
using Microsoft.Extensions.Options;
using EventId = Attribution.Core.Events.EventId;

namespace Attribution.Host.Attribution;

/// <summary>
/// Labels the touches of history by newer bot rules, with the user agents of the stored packs, and evaluates the journeys
/// whose touches change. A second run finds nothing more to change, so that a killed one is simply repeated.
/// </summary>
internal sealed class BotRelabeling(
    IJourneyStore store, CatalogCache catalogs, IdGenerator ids, TimeProvider time, IOptions<AttributionOptions> options,
    IOptions<AcceptanceOptions> acceptance)
{
    private const int TouchesPerCommit = 500;

    private readonly JourneyBounds bounds = options.Value.GetBounds(acceptance.Value.Horizon);

    /// <summary>Labels all touches whose packs are stored. Archived journeys keep their labels; their orders are counted.</summary>
    /// <param name="before">The previous rules.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public async Task<DataSetOutcome> RunAsync(BotRules before, CancellationToken cancellation)
    {
        var labels = new Dictionary<EventId, TouchLabel>();
        var touches = new List<JourneyEvent>();
        await foreach (var pack in store.ReadPacksAsync(cancellation))
            foreach (var touch in FindChangedTouches(pack, before, catalogs.Current.Contents.BotRules))
            {
                labels[touch.Id] = LabelOf(touch);
                touches.Add(touch);
            }

        var (journeys, orders, sealedOrders) = (0L, 0L, 0L);
        foreach (var chunk in touches.Chunk(TouchesPerCommit))
        {
            var changed = await RelabelAsync(chunk, cancellation);
            (journeys, orders) = (journeys + changed.Count, orders + changed.Sum(journey => journey.Conversions.Length));
        }

        if (labels.Count > 0)
            await store.ScanAsync(
                (journey, _, _) =>
                {
                    if (journey.Touches.Any(touch => JourneyPlanner.FindNewLabel(touch, labels) is not null)) sealedOrders += journey.Conversions.Length;
                },
                cancellation);
        return new(Timestamp.From(time.GetUtcNow()), journeys, orders, sealedOrders);
    }

    /// <summary>Returns the touches of a pack that newer rules label differently.</summary>
    private IEnumerable<JourneyEvent> FindChangedTouches(EventPack pack, BotRules before, BotRules after)
    {
        var context = new EventContext(pack.Source, pack.BrandId ?? BrandSettings.DefaultId, pack.ReceivedAt, acceptance.Value.GetHorizon(pack));
        foreach (var bytes in pack.Events)
        {
            var touch = EventReader.ReadLenient(bytes, context with { Bots = after }).Event;
            if (touch is Click or Visit && EventReader.ReadLenient(bytes, context with { Bots = before }).Event is { } old
                && LabelOf(old) != LabelOf(touch))
                yield return touch;
        }
    }

    /// <summary>Writes the journeys with touches whose label changes; returns them.</summary>
    private async Task<IReadOnlyList<Journey>> RelabelAsync(IReadOnlyList<JourneyEvent> touches, CancellationToken cancellation)
    {
        var labels = new Dictionary<EventId, TouchLabel>();
        foreach (var touch in touches) labels[touch.Id] = LabelOf(touch);
        var aliases = touches.SelectMany(JourneyPlanner.GetAliases).ToHashSet();
        for (var attempt = 1; attempt <= options.Value.CommitAttempts; attempt++)
        {
            var catalog = await catalogs.RefreshAsync(cancellation);
            var planner = new JourneyPlanner(await store.LoadJourneysAsync([], aliases, cancellation), catalog, ids.Next, bounds);
            if (planner.Relabel(labels) == 0) return [];
            var commit = planner.ToCommit(Timestamp.From(time.GetUtcNow()));
            if (await store.CommitAsync(commit, cancellation) == CommitOutcome.Committed)
                return [.. commit.Journeys.Select(stored => stored.Journey)];
        }

        throw new InvalidOperationException($"A commit of new labels met conflicts {options.Value.CommitAttempts} times in a row.");
    }

    private static TouchLabel LabelOf(JourneyEvent touch) => touch is Click click ? click.Label : ((Visit)touch).Label;
}
