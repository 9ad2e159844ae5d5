using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Storage.Rejections;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest.Replay;

/// <summary>
/// Puts rejections through the door again, as who sent them and as of when they were received, under the catalog, keys and options of today.
/// What passes is kept like any event, and only then its rejection is marked as resolved. A process killed in between leaves it open: replayed
/// once more it is the same event, which its journey knows already, so nothing is lost and nothing counted twice. Thread-safe.
/// </summary>
internal sealed class RejectionReplayer(
    IRejectionStore store, EventValidator door, BatchWriter gatherer, ApiCredentialCache keys, TimeProvider time, IOptions<IngestOptions> options)
{
    /// <summary>
    /// How long a rejection may be replayed though its event is older than the horizon by now: the default of <c>Attribute:SealAfter</c>, for
    /// which journeys hold everything. Later such an event is refused as <c>too_late</c>: nobody could tell any more whether it came meanwhile.
    /// </summary>
    private static readonly TimeSpan ReplayWindow = TimeSpan.FromDays(30);

    /// <summary>Replays rejections.</summary>
    /// <param name="rejections">Open or resolved.</param>
    /// <param name="onlyBrand">The only brand that who asks may speak of; null: every brand.</param>
    /// <param name="cancellation">Stops the judging; what was handed over to be kept is kept and marked.</param>
    /// <returns>What became of each, in order, and whether all that passed was kept: of what was not the result says nothing, and it stays open.</returns>
    public async Task<(IReadOnlyList<ReplayResult> Results, WriteOutcome Kept)> ReplayAsync(
        IReadOnlyList<RejectionDocument> rejections, string? onlyBrand, CancellationToken cancellation)
    {
        var results = new List<ReplayResult>(rejections.Count);
        var batches = new Dictionary<(string Source, string Brand, Timestamp ReceivedAt), (EventBatch Batch, List<Guid> Ids)>();
        foreach (var rejection in rejections)
        {
            if (rejection.ResolvedAt is not null)
            {
                results.Add(new(rejection.Id, ReplayStatus.AlreadyResolved, rejection.EventId));
                continue;
            }

            var verdict = await ValidateAsync(rejection, onlyBrand, cancellation);
            results.Add(ReplayResult.FromValidation(rejection, verdict));
            if (verdict.Event is null) continue;
            var key = (rejection.Source, rejection.Brand, rejection.ReceivedAt);
            if (!batches.TryGetValue(key, out var batch))
                batches.Add(key, batch = (new EventBatch(new Caller(key.Source, key.Brand, MaySpeakForOthers: true), key.ReceivedAt.ToDateTimeOffset()), []));
            batch.Batch.Add(verdict);
            batch.Ids.Add(rejection.Id);
        }

        var kept = await Task.WhenAll(batches.Values.Select(async batch => (Outcome: await gatherer.KeepAsync(batch.Batch), batch.Ids)));
        var durable = kept.Where(one => one.Outcome == WriteOutcome.Durable).SelectMany(one => one.Ids).ToList();
        if (durable.Count > 0) await store.ResolveRejectionsAsync(durable, Timestamp.From(time.GetUtcNow()), CancellationToken.None);
        return (results, kept.Select(one => one.Outcome).FirstOrDefault(outcome => outcome != WriteOutcome.Durable, WriteOutcome.Durable));
    }

    private async ValueTask<ValidationResult> ValidateAsync(RejectionDocument rejection, string? onlyBrand, CancellationToken cancellation)
    {
        // A shop's delivery of which no event was made: what is kept of it is no event.
        if (rejection.Reason is RejectionReason.TopicUnknown or RejectionReason.NotCounted)
            return ValidationResult.Reject(new(rejection.Reason, rejection.Pointer, $"{rejection.Detail} Have the shop deliver it again."), rejection.EventId, rejection.Payload.AsSpan(), keys: null);
        var speaker = keys.GetCaller(rejection.Source, rejection.Brand);
        if (onlyBrand is not null) speaker = speaker with { OnlyBrand = onlyBrand };
        var payload = rejection.Payload.AsMemory();
        var isCloudEvent = CloudEventMapper.IsStructured(payload.Span);
        ValueTask<ValidationResult> AsReceivedAt(DateTimeOffset moment) => door.ValidateAsync(
            payload, isCloudEvent, speaker, new EventContext(rejection.Source, rejection.Brand, moment, options.Value.Horizon), cancellation);

        var receivedAt = rejection.ReceivedAt.ToDateTimeOffset();
        var verdict = await AsReceivedAt(receivedAt);
        if (verdict.Event is null || time.GetUtcNow() - receivedAt <= ReplayWindow) return verdict;
        var late = await AsReceivedAt(time.GetUtcNow() - ReplayWindow);
        return late.Refused?.Reason == RejectionReason.TooLate ? late : verdict;
    }
}

/// <summary>What became of a rejection that was to be replayed.</summary>
/// <param name="Id">The rejection's id.</param>
/// <param name="Status">What became of it.</param>
/// <param name="EventId">The event's own id, where one could be read.</param>
/// <param name="Reason">Why it is still refused; null where it is not.</param>
/// <param name="Pointer">JSON pointer to the member at fault; null where there is none.</param>
/// <param name="Detail">In words; null where there is nothing to say.</param>
internal sealed record ReplayResult(
    Guid Id, ReplayStatus Status, string? EventId = null, RejectionReason? Reason = null, string? Pointer = null, string? Detail = null)
{
    public static ReplayResult FromValidation(RejectionDocument rejection, ValidationResult verdict) => verdict.Refused switch
    {
        null => new(rejection.Id, ReplayStatus.Replayed, verdict.EventId),
        { Reason: RejectionReason.Malformed } when rejection.Payload.Length == ValidationResult.MaxPayloadBytes =>
            new(rejection.Id, ReplayStatus.PayloadCut, rejection.EventId, Detail: "Only the first 64 KiB of what was sent are kept; have it sent again."),
        var refused => new(rejection.Id, ReplayStatus.Refused, refused.EventId, refused.Reason, refused.Pointer, refused.Detail),
    };
}

/// <summary>What became of a rejection that was to be replayed. A closed set; on the wire in snake_case.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(SnakeCaseEnumConverter<ReplayStatus>))]
internal enum ReplayStatus
{
    /// <summary>It passed, is kept, and its rejection is resolved.</summary>
    Replayed = 1,

    /// <summary>It is refused still, for the reason given; its rejection stays open.</summary>
    Refused,

    /// <summary>It was replayed before.</summary>
    AlreadyResolved,

    /// <summary>There is no such rejection, or none of the caller's brand.</summary>
    Unknown,

    /// <summary>Not all of what was sent is kept, so it cannot be replayed.</summary>
    PayloadCut,
}
