namespace Attribution.Storage.Payouts;

/// <summary>An agreement of a brand.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="Agreement">The agreement's id.</param>
public readonly record struct AgreementKey(string Brand, string Agreement);
