using Attribution.Core.Planning;

namespace Attribution.Storage.Payouts;

/// <summary>The agreements that a commit changes.</summary>
internal static class ChangedAgreements
{
    /// <summary>Returns the agreements whose accruals the commit writes or removes, each once.</summary>
    public static HashSet<AgreementKey> FindChangedAgreements(this JourneyCommit commit)
    {
        var changed = new HashSet<AgreementKey>();
        foreach (var (brand, agreement, _) in commit.RemovedAccruals) changed.Add(new(brand, agreement));
        foreach (var accrual in commit.Accruals) changed.Add(new(accrual.Brand, accrual.Agreement));
        return changed;
    }
}
