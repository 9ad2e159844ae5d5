using Attribution.Contracts;

namespace Attribution.Core.Events;

/// <summary>The fault for which an event is rejected.</summary>
/// <param name="Reason">The reason, from a closed set.</param>
/// <param name="Pointer">JSON pointer to the invalid member; empty if the fault concerns the whole event.</param>
/// <param name="Detail">
/// Description of the fault and how to fix it. Contains no value of the event that could be personal data.
/// </param>
public sealed record EventFault(RejectionReason Reason, string Pointer, string Detail);
