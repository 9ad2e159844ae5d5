using Attribution.Contracts;

namespace Attribution.Storage.Rejections;

/// <summary>Which rejections.</summary>
/// <param name="Brand">Of this brand only; null: of all.</param>
/// <param name="Resolved">Open ones (false) or resolved ones (true) only; null: both.</param>
/// <param name="Reason">Refused for this reason only; null: for any.</param>
public sealed record RejectionFilter(string? Brand = null, bool? Resolved = null, RejectionReason? Reason = null);
