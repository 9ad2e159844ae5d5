using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;

namespace Attribution.Host.Ingest;

/// <summary>
/// Validates events. From here on customer keys are hashed, in rejected events too. Thread-safe.
/// </summary>
internal sealed class EventValidator(CatalogCache catalog, CustomerKeyHasher keys)
{
    /// <summary>Validates one JSON value. <paramref name="json"/> need not outlive the call.</summary>
    /// <param name="json">The value as sent.</param>
    /// <param name="isCloudEvent">True for a structured CloudEvent.</param>
    /// <param name="caller">The sender.</param>
    /// <param name="context">Values for events that do not state them.</param>
    /// <param name="cancellation">Cancels reading the catalog.</param>
    /// <returns>The event as it will be stored, or its rejection.</returns>
    public ValueTask<ValidationResult> ValidateAsync(
        ReadOnlyMemory<byte> json, bool isCloudEvent, Caller caller, EventContext context, CancellationToken cancellation) =>
        isCloudEvent
            ? ValidateAsync(CloudEventMapper.FromStructured(json), caller, context, cancellation)
            : ValidateJsonAsync(json, json, caller, context, cancellation);

    /// <summary>Validates an event that was composed from something else.</summary>
    /// <param name="mapped">The event, or its rejection.</param>
    /// <param name="caller">The sender.</param>
    /// <param name="context">Values for events that do not state them.</param>
    /// <param name="cancellation">Cancels reading the catalog.</param>
    /// <returns>The event as it will be stored, or its rejection with a pointer into the original.</returns>
    public async ValueTask<ValidationResult> ValidateAsync(
        MappedEvent mapped, Caller caller, EventContext context, CancellationToken cancellation)
    {
        if (mapped.Fault is { } fault)
            return Reject(fault, mapped.EventId, mapped.Sent.Span);
        if (mapped.Typed is { } typed)
            return await ValidateTypedAsync(typed, caller, context, cancellation);
        var result = await ValidateJsonAsync(mapped.Json, mapped.Sent, caller, context, cancellation);
        return result.Refused is { } refused
            ? result with { Refused = refused with { Pointer = mapped.ToSourcePointer(refused.Pointer) } }
            : result;
    }

    /// <summary>Creates the rejection of an event that is not validated.</summary>
    public ValidationResult Reject(EventFault fault, string? eventId, ReadOnlySpan<byte> sent) =>
        ValidationResult.Reject(fault, eventId, sent, keys);

    private async ValueTask<ValidationResult> ValidateJsonAsync(
        ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> sent, Caller caller, EventContext context, CancellationToken cancellation)
    {
        if (caller.SendsMinorUnits)
        {
            if (MinorUnitAmounts.TryToMajor(json.Span, out var converted) is { } contradiction)
                return Reject(contradiction, EventReader.ReadStrict(json.Span, context).EventId, sent.Span);
            json = converted;
        }

        var read = EventReader.ReadStrict(json.Span, context);
        if (await FindFaultAsync(read, caller, cancellation) is { } fault)
            return Reject(fault, read.EventId, sent.Span);
        var stored = (read.MayHoldPersonalData ? EventRedaction.Redact(json.Span, keys) : null) ?? json.ToArray();
        return Accept(stored, read);
    }

    private async ValueTask<ValidationResult> ValidateTypedAsync(
        TypedEvent typed, Caller caller, EventContext context, CancellationToken cancellation)
    {
        var stored = typed.Serialize(keys, out var sentLength);
        var read = typed.Read(sentLength, context);
        return await FindFaultAsync(read, caller, cancellation) is { } fault
            ? Reject(fault, read.EventId, stored)
            : Accept(stored, read);
    }

    private async ValueTask<EventFault?> FindFaultAsync(
        EventReadResult read, Caller caller, CancellationToken cancellation)
    {
        if (read.Event is not { } accepted) return read.Fault;
        if (CheckCaller(accepted, caller) is { } fault) return fault;
        return await BrandExistsAsync(accepted.Brand, cancellation) ? null
            : new EventFault(
                RejectionReason.BrandUnknown, "/brandId", "There is no such brand; create it with PUT /v1/brands/{id}, or leave brandId out.");
    }

    /// <summary>Creates the result of an accepted event.</summary>
    private static ValidationResult Accept(byte[] stored, EventReadResult read)
    {
        var (type, id, order) = (read.Event!.TypeName, read.Event.Id.Id, OrderOf(read.Event));
        return new(stored, null, id, type)
        {
            LeftOut = read.LeftOut is not { } faults ? null
                : [.. faults.Select(fault => ValidationResult.NoteLeftOut(fault, order, new { type, id, orderId = order }))],
        };
    }

    private static string OrderOf(JourneyEvent accepted) => accepted switch
    {
        ReportedConversion order => order.ConversionId,
        ReportedRefund refund => refund.OrderId,
        _ => accepted.Id.Id,
    };

    private static EventFault? CheckCaller(JourneyEvent accepted, Caller caller) =>
        !caller.MaySpeakForOthers && accepted.Id.Source != caller.Source
            ? new EventFault(
                RejectionReason.SourceNotAllowed, "/source", "The key may not submit events for another source; leave source out.")
        : caller.OnlyBrand is { } brand && accepted.Brand != brand
            ? new EventFault(
                RejectionReason.BrandUnknown, "/brandId", "The key may not submit events for another brand; leave brandId out.")
        : null;

    /// <summary>
    /// Returns whether a brand exists. A brand just created through another process may be missing from the snapshot,
    /// so the catalog is read again before an event is rejected.
    /// </summary>
    private async ValueTask<bool> BrandExistsAsync(string brand, CancellationToken cancellation)
    {
        var key = new CatalogRef(CatalogKind.Brands, brand);
        return catalog.Current.Contents.Items.ContainsKey(key)
            || (await catalog.RefreshAsync(cancellation)).Contents.Items.ContainsKey(key);
    }
}
