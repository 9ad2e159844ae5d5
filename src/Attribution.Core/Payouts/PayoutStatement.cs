using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>
/// A creator's payout statement of a month: the amounts payable by its last day minus the amounts in earlier
/// statements. A refund after the payment is therefore a negative line of the next statement, and a closed statement
/// never changes. Minor units of the brand's currency. A pure function.
/// </summary>
public sealed record PayoutStatement
{
    /// <summary>Gets the first day of the month.</summary>
    public required DateOnly Month { get; init; }

    /// <summary>Gets the lines by (day, item, campaign).</summary>
    public required ImmutableArray<PayoutStatementLine> Lines { get; init; }

    /// <summary>Gets the items that accrued by the last day of the month and become payable later.</summary>
    public ImmutableArray<OpenItem> PendingItems { get; init; } = [];

    /// <summary>Gets the amount carried forward from the previous statement: 0 or negative.</summary>
    public required Int128 BroughtForward { get; init; }

    /// <summary>Returns the sum of the lines of a kind.</summary>
    public Int128 SumOf(StatementLineKind kind) => Lines.Where(line => line.Kind == kind).SumWide(line => line.Amount);

    /// <summary>Gets the sum of all lines and the amount brought forward.</summary>
    public Int128 Total => BroughtForward + Lines.SumWide(line => line.Amount);

    /// <summary>Gets the amount to be paid: the total, or 0 if that is negative.</summary>
    public Int128 Payable => Int128.Max(0, Total);

    /// <summary>Gets the amount that the next statement starts with: a negative total, otherwise 0.</summary>
    public Int128 CarriedForward => Int128.Min(0, Total);

    /// <summary>True if there are no lines and nothing was brought forward.</summary>
    public bool IsEmpty => Lines.IsEmpty && BroughtForward == 0;

    /// <summary>Creates the statement of a month from the current account.</summary>
    /// <param name="month">First day of the month.</param>
    /// <param name="account">The creator's account through the last day of the month.</param>
    /// <param name="brand">The brand, for its calendar.</param>
    /// <param name="catalog">Supplies the agreements with their holding periods and approvals.</param>
    /// <param name="today">
    /// The brand's local day: items payable on a later day are pending, even if that day is within the month.
    /// </param>
    public static PayoutStatement Create(
        DateOnly month, CreatorAccount account, BrandSettings brand, CatalogSnapshot catalog, DateOnly today)
    {
        var last = CalendarMonth.LastOf(month) < today ? CalendarMonth.LastOf(month) : today;
        var lines = new List<PayoutStatementLine>();
        var pending = new List<OpenItem>();
        foreach (var item in CollectItems(account))
        {
            var agreement = AgreementOf(item, account.Creator, catalog);
            var payableOn = item.Day.AddDays(agreement?.HoldingDays ?? 0);
            var byRule = new Approval(Approval.Rule, payableOn <= last ? brand.Calendar.StartOf(payableOn) : null);
            var approval = agreement is not { RequiresManualApproval: true } ? byRule
                : account.Approvals.GetValueOrDefault((item.Key, item.Campaign));
            // An item that a statement contained stays released, even if the holding period was extended since.
            if (item.WasStated || (payableOn <= last && approval is not null))
            {
                if (item.Amount == item.Stated) continue;
                lines.Add(new()
                {
                    Item = item.Key, Campaign = item.Campaign, Day = item.Day, Agreement = agreement?.Id,
                    Amount = item.Amount - item.Stated,
                    Kind = item.Amount < item.Stated && item.Stated > 0 ? StatementLineKind.ClawBack
                        : PayoutItemKey.IsAdjustment(item.Key) ? StatementLineKind.Adjustment : StatementLineKind.Commission,
                    ApprovedBy = (approval ?? byRule).By, ApprovedAt = (approval ?? byRule).At,
                });
            }
            else if (item.Amount != 0)
            {
                pending.Add(new(
                    item.Key, item.Campaign, item.Day, agreement?.Id, item.Amount, payableOn, NeedsApproval: approval is null,
                    item.Day <= account.ClosedThrough ? CommissionState.Held : CommissionState.Accrued));
            }
        }

        return new() { Month = month, Lines = [.. lines], PendingItems = [.. pending], BroughtForward = account.CarriedForward };
    }

    /// <summary>
    /// Returns the earned and the stated amount of each item, ordered by (day, item, campaign). An order that moved to
    /// another day is one item.
    /// </summary>
    private static IEnumerable<AccountItem> CollectItems(CreatorAccount account)
    {
        var earned = account.Earnings.Select(earning => new AccountItem(
            PayoutItemKey.Create(earning.Key, earning.Day, earning.Reason), earning.Campaign, earning.Day, earning.Amount, 0, false));
        var stated = account.StatementSums.Select(
            sum => new AccountItem(sum.Item, sum.Campaign, sum.Day, 0, sum.Amount, true));
        return earned.Concat(stated)
            .GroupBy(part => (part.Key, part.Campaign))
            .Select(group => new AccountItem(
                group.Key.Key, group.Key.Campaign,
                group.Where(part => part.Amount != 0).Select(part => part.Day).DefaultIfEmpty(group.Max(part => part.Day)).Max(),
                group.SumWide(part => part.Amount), group.SumWide(part => part.Stated), group.Any(part => part.WasStated)))
            .OrderBy(item => item.Day).ThenBy(item => item.Key, StringComparer.Ordinal)
            .ThenBy(item => item.Campaign, StringComparer.Ordinal);
    }

    private static Agreement? AgreementOf(in AccountItem item, string creator, CatalogSnapshot catalog) =>
        PayoutItemKey.IsAdjustment(item.Key)
            ? catalog.FindAgreement(PayoutItemKey.AgreementOf(item.Key))
            : catalog.AgreementOn(new(item.Campaign, creator), item.Day);

    private readonly record struct AccountItem(
        string Key, string Campaign, DateOnly Day, Int128 Amount, Int128 Stated, bool WasStated);
}
