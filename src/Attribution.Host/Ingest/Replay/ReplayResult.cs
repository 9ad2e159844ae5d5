using Attribution.Contracts;
using Attribution.Core.Quality;

namespace Attribution.Host.Ingest.Replay;

/// <summary>Result of replaying one rejection.</summary>
/// <param name="Id">The rejection's id.</param>
/// <param name="Status">The result.</param>
/// <param name="EventId">The event's own id; null when none could be read.</param>
/// <param name="Reason">Reason for which the event is still rejected; null when it is not.</param>
/// <param name="Pointer">JSON pointer to the invalid member; null when there is none.</param>
/// <param name="Detail">Explanation; null when there is none.</param>
internal sealed record ReplayResult(
    Guid Id, ReplayStatus Status, string? EventId = null, RejectionReason? Reason = null, string? Pointer = null, string? Detail = null)
{
    public static ReplayResult FromValidation(RejectionDocument rejection, ValidationResult result) => result.Refused switch
    {
        null => new(rejection.Id, ReplayStatus.Replayed, result.EventId),
        { Reason: RejectionReason.Malformed } when rejection.Payload.Length == ValidationResult.MaxPayloadBytes =>
            new(rejection.Id, ReplayStatus.PayloadCut, rejection.EventId, Detail: "Only the first 64 KiB of the payload are stored; have it sent again."),
        var refused =>
            new(rejection.Id, ReplayStatus.Refused, refused.EventId, refused.Reason, refused.Pointer, refused.Detail),
    };
}
