using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;

namespace Attribution.Host.Ingest;

/// <summary>Judges one event: may it come in? From here on customer keys are hashed, in what is refused too. Thread-safe.</summary>
internal sealed class EventValidator(CatalogCache catalog, CustomerKeyHasher keys)
{
    /// <summary>The event as it will be stored, or why it is refused. <paramref name="json"/> need not outlive the call.</summary>
    /// <param name="json">One JSON value as sent.</param>
    /// <param name="isCloudEvent">Whether it is a CloudEvent in the structured form.</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="context">What the event does not say itself.</param>
    /// <param name="cancellation">Stops the look at the catalog.</param>
    public ValueTask<ValidationResult> ValidateAsync(ReadOnlyMemory<byte> json, bool isCloudEvent, Caller caller, EventContext context, CancellationToken cancellation)
    {
        if (!isCloudEvent)
            return ValidateAsync(json, json, caller, context, cancellation);
        var mapped = CloudEventMapper.FromStructured(json.Span);
        return ValidateAsync(mapped, json, caller, context, cancellation);
    }

    /// <summary>The same of a CloudEvent that was mapped already.</summary>
    /// <param name="mapped">The event.</param>
    /// <param name="sent">What it was mapped from: kept where it is refused.</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="context">What the event does not say itself.</param>
    /// <param name="cancellation">Stops the look at the catalog.</param>
    public async ValueTask<ValidationResult> ValidateAsync(
        MappedEvent mapped, ReadOnlyMemory<byte> sent, Caller caller, EventContext context, CancellationToken cancellation)
    {
        if (mapped.Fault is { } fault)
            return Reject(fault, mapped.EventId, sent.Span);
        var verdict = await ValidateAsync(mapped.Event, sent, caller, context, cancellation);
        return verdict.Refused is { } refused
            ? verdict with { Refused = refused with { Pointer = mapped.ToSourcePointer(refused.Pointer) } }
            : verdict;
    }

    /// <summary>What is kept of an event that is refused before it is judged.</summary>
    public ValidationResult Reject(EventFault fault, string? eventId, ReadOnlySpan<byte> sent) => ValidationResult.Reject(fault, eventId, sent, keys);

    private async ValueTask<ValidationResult> ValidateAsync(
        ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> sent, Caller caller, EventContext context, CancellationToken cancellation)
    {
        var read = EventReader.ReadStrict(json.Span, context);
        if (read.Event is not { } judged)
            return Reject(read.Fault!, read.EventId, sent.Span);
        var fault = CheckCaller(judged, caller) ?? (await BrandExistsAsync(judged.Brand, cancellation) ? null
            : new EventFault(RejectionReason.BrandUnknown, "/brandId", "There is no such brand; make it first with PUT /v1/brands/{id}, or leave brandId out."));
        return fault is null
            ? new ValidationResult(EventRedaction.Redact(json.Span, keys) ?? json.ToArray(), null, judged.Id.Id, WireNames.ForEvent(judged))
            : Reject(fault, read.EventId, sent.Span);
    }

    private static EventFault? CheckCaller(JourneyEvent judged, Caller caller) =>
        !caller.MaySpeakForOthers && judged.Id.Source != caller.Source
            ? new EventFault(RejectionReason.SourceNotAllowed, "/source", "The key may not speak for another source; leave source out.")
        : caller.OnlyBrand is { } brand && judged.Brand != brand
            ? new EventFault(RejectionReason.BrandUnknown, "/brandId", "The key may not speak of another brand; leave brandId out.")
        : null;

    /// <summary>A brand made a moment ago through another process may be missing from the snapshot: look again before refusing.</summary>
    private async ValueTask<bool> BrandExistsAsync(string brand, CancellationToken cancellation)
    {
        var key = new CatalogRef(CatalogKind.Brands, brand);
        return catalog.Current.Contents.Items.ContainsKey(key) || (await catalog.RefreshAsync(cancellation)).Contents.Items.ContainsKey(key);
    }
}

/// <summary>What the door decided of one event.</summary>
/// <param name="Event">UTF-8 JSON to be stored; null when refused.</param>
/// <param name="Refused">Why it was refused, with what was sent; null when accepted.</param>
/// <param name="EventId">The event's own id, where one could be read.</param>
/// <param name="Type">For the metrics; what was refused is <c>unknown</c>.</param>
internal readonly record struct ValidationResult(byte[]? Event, RefusedEvent? Refused, string? EventId, string Type)
{
    /// <summary>Longest payload kept of a refused event, in bytes. The rest is lost.</summary>
    public const int MaxPayloadBytes = EventLimits.Bytes;

    public static ValidationResult Reject(EventFault fault, string? eventId, ReadOnlySpan<byte> sent, CustomerKeyHasher? keys)
    {
        var payload = EventRedaction.Redact(sent, keys) ?? sent.ToArray();
        return new ValidationResult(
            null,
            new RefusedEvent
            {
                Reason = fault.Reason,
                Pointer = fault.Pointer,
                Detail = fault.Detail,
                EventId = eventId,
                Payload = payload.Length > MaxPayloadBytes ? payload[..MaxPayloadBytes] : payload,
            },
            eventId,
            WireNames.UnknownType);
    }
}
