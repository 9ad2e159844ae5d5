using Attribution.Contracts;

namespace Attribution.Storage.Rejections;

/// <summary>A selection of rejections.</summary>
/// <param name="Brand">The brand; null selects all.</param>
/// <param name="Resolved">False selects open rejections, true resolved ones, null both.</param>
/// <param name="Reason">The reason of refusal; null selects all.</param>
public sealed record RejectionFilter(string? Brand = null, bool? Resolved = null, RejectionReason? Reason = null);
