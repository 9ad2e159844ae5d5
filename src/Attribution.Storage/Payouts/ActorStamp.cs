using Attribution.Core.Values;

namespace Attribution.Storage.Payouts;

/// <summary>The author and the time of an action.</summary>
/// <param name="By">The name of the API key or user; <c>local</c> if there were none.</param>
/// <param name="KeyId">The id of the API key; null without one.</param>
/// <param name="At">The time.</param>
public sealed record ActorStamp(string By, string? KeyId, Timestamp At);
