using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Storage.Rejections;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest.Replay;

/// <summary>
/// Validates stored rejections again, with their original sender and time of receipt but today's catalog, keys and
/// options. An event that was too early is judged by the time of the replay: its time has passed, or a clock that was behind
/// has been set. An event that passes is written like any other, and then its rejection is marked as resolved. When the
/// process is killed in between, the rejection stays open. Replayed again it is the same event, which its journey
/// recognizes, so that nothing is lost or counted twice. Thread-safe.
/// </summary>
internal sealed class RejectionReplayer(
    IRejectionStore store, EventValidator validator, BatchWriter writer, ApiCredentialCache keys, WebhookVendors vendors,
    CustomerKeyHasher hasher, TimeProvider time, IOptions<IngestOptions> options)
{
    /// <summary>
    /// Period in which a rejection may be replayed although its event is older than the horizon now: the default of
    /// <c>Attribute:SealAfter</c>, for which journeys are complete. Afterwards the event is rejected as
    /// <c>too_late</c>, since a journey no longer shows whether it has it.
    /// </summary>
    private static readonly TimeSpan ReplayWindow = TimeSpan.FromDays(30);

    /// <summary>Replays rejections.</summary>
    /// <param name="rejections">Open or resolved.</param>
    /// <param name="onlyBrand">The only brand that the caller may access; null for every brand.</param>
    /// <param name="cancellation">
    /// Cancels the validation. Events that are already being written are written and marked.
    /// </param>
    /// <returns>
    /// The result of each rejection in order, and the result of writing. Rejections whose events were not written stay
    /// open.
    /// </returns>
    public async Task<(IReadOnlyList<ReplayResult> Results, WriteOutcome Outcome)> ReplayAsync(
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

            var (validated, receivedAt) = await ValidateAllAsync(rejection, onlyBrand, cancellation);
            var refused = validated.Find(result => result.Event is null);
            results.Add(ReplayResult.FromValidation(rejection, refused.Refused is null ? validated[0] : refused));
            if (refused.Refused is not null) continue;
            var key = (rejection.Source, rejection.Brand, ReceivedAt: receivedAt);
            if (!batches.TryGetValue(key, out var batch))
            {
                var caller = new Caller(key.Source, key.Brand, MaySpeakForOthers: true);
                batches.Add(key, batch = (new EventBatch(caller, key.ReceivedAt.ToDateTimeOffset()), []));
            }

            foreach (var result in validated) batch.Batch.Add(result);
            batch.Ids.Add(rejection.Id);
        }

        var written = await Task.WhenAll(
            batches.Values.Select(async batch => (Outcome: await writer.WriteAsync(batch.Batch), batch.Ids)));
        var durable = written.Where(batch => batch.Outcome == WriteOutcome.Durable).SelectMany(batch => batch.Ids).ToList();
        if (durable.Count > 0)
            await store.ResolveRejectionsAsync(durable, Timestamp.From(time.GetUtcNow()), CancellationToken.None);
        return (results, written.Select(batch => batch.Outcome)
            .FirstOrDefault(outcome => outcome != WriteOutcome.Durable, WriteOutcome.Durable));
    }

    /// <summary>
    /// Returns the results of a rejection's events, at least one, and the time of receipt by which they were judged.
    /// </summary>
    private async ValueTask<(List<ValidationResult> Results, Timestamp ReceivedAt)> ValidateAllAsync(
        RejectionDocument rejection, string? onlyBrand, CancellationToken cancellation)
    {
        var results = await ValidateAllAsync(rejection, rejection.ReceivedAt, onlyBrand, cancellation);
        var now = Timestamp.From(time.GetUtcNow());
        return now > rejection.ReceivedAt && results.Exists(result => result.Refused?.Reason == RejectionReason.TooEarly)
            ? (await ValidateAllAsync(rejection, now, onlyBrand, cancellation), now)
            : (results, rejection.ReceivedAt);
    }

    /// <summary>Returns the results of a rejection's events. Only a shop's delivery has several.</summary>
    private async ValueTask<List<ValidationResult>> ValidateAllAsync(
        RejectionDocument rejection, Timestamp receivedAt, string? onlyBrand, CancellationToken cancellation)
    {
        if (!KeptDelivery.TryMap(vendors, rejection, out var events))
            return [await ValidateAsync(rejection, receivedAt, rejection.Payload.AsMemory(), onlyBrand, cancellation)];
        var results = new List<ValidationResult>();
        foreach (var mapped in events)
        {
            results.Add(
                mapped.Fault is { } fault ? ValidationResult.Reject(fault, mapped.EventId, rejection.Payload.AsSpan(), keys: null)
                : await ValidateAsync(
                    rejection, receivedAt, mapped.Json ?? mapped.Typed!.Serialize(hasher, out _), onlyBrand, cancellation));
        }

        return results;
    }

    private async ValueTask<ValidationResult> ValidateAsync(
        RejectionDocument rejection, Timestamp received, ReadOnlyMemory<byte> payload, string? onlyBrand,
        CancellationToken cancellation)
    {
        // A shop's delivery of which nothing is known but its payload: that is not an event.
        if (payload.Equals(rejection.Payload.AsMemory()) && rejection.Reason is RejectionReason.TopicUnknown or RejectionReason.NotCounted)
        {
            var fault = new EventFault(rejection.Reason, rejection.Pointer, $"{rejection.Detail} Have the shop deliver it again.");
            return ValidationResult.Reject(fault, rejection.EventId, rejection.Payload.AsSpan(), keys: null);
        }

        var speaker = keys.GetCaller(rejection.Source, rejection.Brand);
        // Events mapped from a shop's delivery have major units.
        if (!payload.Equals(rejection.Payload.AsMemory())) speaker = speaker with { SendsMinorUnits = false };
        if (onlyBrand is not null) speaker = speaker with { OnlyBrand = onlyBrand };
        var isCloudEvent = CloudEventMapper.IsStructured(payload.Span);
        ValueTask<ValidationResult> AsReceivedAt(DateTimeOffset moment) => validator.ValidateAsync(
            payload, isCloudEvent, speaker, new EventContext(rejection.Source, rejection.Brand, moment, options.Value.Horizon), cancellation);

        var receivedAt = received.ToDateTimeOffset();
        var result = await AsReceivedAt(receivedAt);
        if (result.Event is null || time.GetUtcNow() - receivedAt <= ReplayWindow) return result;
        var late = await AsReceivedAt(time.GetUtcNow() - ReplayWindow);
        return late.Refused?.Reason == RejectionReason.TooLate ? late : result;
    }
}
