using Attribution.Core.Values;

namespace Attribution.Storage.Payouts;

/// <summary>Who did something, and when.</summary>
/// <param name="By">The API key's name; <c>local</c> while there were none.</param>
/// <param name="KeyId">The API key's id; null without one.</param>
/// <param name="At">When.</param>
public sealed record ActorStamp(string By, string? KeyId, Timestamp At);
