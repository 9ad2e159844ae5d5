using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Ledger;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>
/// A creator's statement of a month: what became payable by its last day, less what earlier statements said. So a refund of something that was paid is a
/// negative line of the next statement by itself, and a closed statement never has to change. Minor units of the brand's currency. A pure function.
/// </summary>
public sealed record PayoutStatement
{
    /// <summary>The first day of its month.</summary>
    public required DateOnly Month { get; init; }

    /// <summary>What it says, by (day, item, campaign).</summary>
    public required ImmutableArray<PayoutStatementLine> Lines { get; init; }

    /// <summary>What accrued by the month's last day and is payable later.</summary>
    public ImmutableArray<OpenItem> PendingItems { get; init; } = [];

    /// <summary>What the statement before left over: never above 0.</summary>
    public required long BroughtForward { get; init; }

    /// <summary>What its lines of a kind come to.</summary>
    public long SumOf(StatementLineKind kind) => Lines.Where(line => line.Kind == kind).Sum(line => line.Amount);

    /// <summary>All lines, and what was carried in.</summary>
    public long Total => BroughtForward + Lines.Sum(line => line.Amount);

    /// <summary>To be paid out: the total, or nothing where it is negative.</summary>
    public long Payable => Math.Max(0, Total);

    /// <summary>What the next statement begins with: a negative total, else 0.</summary>
    public long CarriedForward => Math.Min(0, Total);

    /// <summary>Whether there is nothing to state.</summary>
    public bool IsEmpty => Lines.IsEmpty && BroughtForward == 0;

    /// <summary>The statement of a month as things stand.</summary>
    /// <param name="month">The first day of the month.</param>
    /// <param name="account">The creator's account through the month's last day.</param>
    /// <param name="brand">The brand, for its days.</param>
    /// <param name="catalog">For the agreements: how long they hold, and who approves.</param>
    /// <param name="today">The brand's local day: what becomes payable on a later one is not payable yet, though it be in this month.</param>
    public static PayoutStatement Create(DateOnly month, CreatorAccount account, BrandSettings brand, CatalogSnapshot catalog, DateOnly today)
    {
        var last = CalendarMonth.LastOf(month) < today ? CalendarMonth.LastOf(month) : today;
        var lines = new List<PayoutStatementLine>();
        var notYet = new List<OpenItem>();
        foreach (var item in CollectItems(account))
        {
            var agreement = AgreementOf(item, account.Creator, catalog);
            var payableOn = item.Day.AddDays(agreement?.HoldingDays ?? 0);
            var byRule = new Approval(Approval.Rule, payableOn <= last ? brand.Calendar.StartOf(payableOn) : null);
            var approval = agreement is not { RequiresManualApproval: true } ? byRule : account.Approvals.GetValueOrDefault((item.Item, item.Campaign));
            // What a statement has said once stays released: a holding period that was made longer takes nothing back.
            if (item.WasStated || (payableOn <= last && approval is not null))
            {
                if (item.Amount == item.Stated) continue;
                lines.Add(new()
                {
                    Item = item.Item, Campaign = item.Campaign, Day = item.Day, Agreement = agreement?.Id, Amount = item.Amount - item.Stated,
                    Kind = item.Amount < item.Stated && item.Stated > 0 ? StatementLineKind.ClawBack
                        : PayoutItemKey.IsAdjustment(item.Item) ? StatementLineKind.Adjustment : StatementLineKind.Commission,
                    ApprovedBy = (approval ?? byRule).By, ApprovedAt = (approval ?? byRule).At,
                });
            }
            else if (item.Amount != 0)
            {
                notYet.Add(new(item.Item, item.Campaign, item.Day, agreement?.Id, item.Amount, payableOn, NeedsApproval: approval is null,
                    item.Day <= account.ClosedThrough ? CommissionState.Held : CommissionState.Accrued));
            }
        }

        return new() { Month = month, Lines = [.. lines], PendingItems = [.. notYet], BroughtForward = account.CarriedForward };
    }

    /// <summary>What is owed and what was stated, item by item, in order of (day, item, campaign). An order that moved to another day is one item.</summary>
    private static IEnumerable<(string Item, string Campaign, DateOnly Day, long Amount, long Stated, bool WasStated)> CollectItems(CreatorAccount account) =>
        account.Earnings.Select(earned => (Key: (Item: PayoutItemKey.Create(earned.Key, earned.Day, earned.Reason), earned.Campaign), earned.Day, earned.Amount, Stated: 0L, WasStated: false))
            .Concat(account.StatementSums.Select(stated => (Key: (stated.Item, stated.Campaign), stated.Day, Amount: 0L, Stated: stated.Amount, WasStated: true)))
            .GroupBy(part => part.Key)
            .Select(group => (
                group.Key.Item, group.Key.Campaign,
                Day: group.Where(part => part.Amount != 0).Select(part => part.Day).DefaultIfEmpty(group.Max(part => part.Day)).Max(),
                Amount: group.Sum(part => part.Amount), Stated: group.Sum(part => part.Stated), WasStated: group.Any(part => part.WasStated)))
            .OrderBy(item => item.Day).ThenBy(item => item.Item, StringComparer.Ordinal).ThenBy(item => item.Campaign, StringComparer.Ordinal);

    private static Agreement? AgreementOf((string Item, string Campaign, DateOnly Day, long, long, bool) item, string creator, CatalogSnapshot catalog) =>
        PayoutItemKey.IsAdjustment(item.Item) ? catalog.FindAgreement(PayoutItemKey.AgreementOf(item.Item)) : catalog.AgreementOn(new(item.Campaign, creator), item.Day);
}

/// <summary>What one item of a statement is named by: a conversion's key, or that of an adjustment with its day and reason.</summary>
public static class PayoutItemKey
{
    /// <summary>The name of an item.</summary>
    public static string Create(string key, DateOnly day, LedgerReason? reason) => reason is null ? key : $"{key}:{day:yyyy-MM-dd}:{reason}";

    /// <summary>Whether an item is an agreement's rather than a conversion's.</summary>
    public static bool IsAdjustment(string item) => item.StartsWith("a:", StringComparison.Ordinal);

    /// <summary>The agreement of an adjustment.</summary>
    public static string AgreementOf(string item) => item.Split(':')[1];

    /// <summary>The reason of an adjustment; null of a conversion.</summary>
    public static LedgerReason? ReasonOf(string item) => IsAdjustment(item) ? Enum.Parse<LedgerReason>(item.Split(':')[^1]) : null;
}

/// <summary>All that is known of a creator's earnings of a brand up to a day.</summary>
public sealed record CreatorAccount
{
    /// <summary>The creator.</summary>
    public required string Creator { get; init; }

    /// <summary>What the ledger's lines that stand on the day and before sum to.</summary>
    public required IReadOnlyList<Earning> Earnings { get; init; }

    /// <summary>What closed statements said, summed by item.</summary>
    public required IReadOnlyList<StatementItemSum> StatementSums { get; init; }

    /// <summary>What was approved by hand, by item and campaign.</summary>
    public IReadOnlyDictionary<(string Item, string Campaign), Approval> Approvals { get; init; } = ImmutableDictionary<(string, string), Approval>.Empty;

    /// <summary>The last closed statement's month; null when none is.</summary>
    public DateOnly? LastMonth { get; init; }

    /// <summary>What the last closed statement left over.</summary>
    public long CarriedForward { get; init; }

    /// <summary>The last local day of the brand that is closed; null when none is.</summary>
    public DateOnly? ClosedThrough { get; init; }
}

/// <summary>What the ledger says of one key on one day.</summary>
/// <param name="Key">The conversion's, or the adjustment's.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Day">The order's day.</param>
/// <param name="Reason">Of an adjustment; null of a conversion, whatever its reasons.</param>
/// <param name="Amount">Commission or fees, minor units.</param>
public sealed record Earning(string Key, string Campaign, DateOnly Day, LedgerReason? Reason, long Amount);

/// <summary>What closed statements said of an item, together.</summary>
/// <param name="Item">The item.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Day">The latest day it was stated for.</param>
/// <param name="Amount">Minor units.</param>
public sealed record StatementItemSum(string Item, string Campaign, DateOnly Day, long Amount);

/// <summary>Who approved, and when.</summary>
/// <param name="By">The API key's name; <see cref="Rule"/> where the agreement leaves it to the holding period.</param>
/// <param name="At">When; of a rule the beginning of the local day on which the holding period has passed, null while it has not.</param>
public sealed record Approval(string By, Timestamp? At)
{
    /// <summary>Who approves by the agreement's own rule.</summary>
    public const string Rule = "rule";
}

/// <summary>A line of a statement.</summary>
public sealed record PayoutStatementLine
{
    /// <summary>What it is about (<see cref="PayoutItemKey"/>).</summary>
    public required string Item { get; init; }

    /// <summary>The campaign.</summary>
    public required string Campaign { get; init; }

    /// <summary>The order's day, or the one that the adjustment stands on.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The agreement that pays; null where there is none any more.</summary>
    public required string? Agreement { get; init; }

    /// <summary>What it is.</summary>
    public required StatementLineKind Kind { get; init; }

    /// <summary>Minor units: what is payable of the item, less what earlier statements said. Never 0.</summary>
    public required long Amount { get; init; }

    /// <summary>Who approved it: a key's name, or <c>rule</c>.</summary>
    public required string ApprovedBy { get; init; }

    /// <summary>When; null where a rule did, whose holding period was made longer after a statement had said so.</summary>
    public Timestamp? ApprovedAt { get; init; }
}

/// <summary>What a line of a statement is. Stored: never renumber.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<StatementLineKind>))]
public enum StatementLineKind
{
    /// <summary>Commission of a conversion.</summary>
    Commission = 1,

    /// <summary>A tier, cap, guarantee or fee of an agreement.</summary>
    Adjustment = 2,

    /// <summary>What an earlier statement said too much.</summary>
    ClawBack = 3,
}

/// <summary>What accrued and is payable later.</summary>
/// <param name="Item">What it is about.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Day">The order's day.</param>
/// <param name="Agreement">The agreement that pays.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="PayableOn">The first local day on which its holding period has passed.</param>
/// <param name="NeedsApproval">Whether it waits for somebody to approve it.</param>
/// <param name="State">Where it stands.</param>
public sealed record OpenItem(string Item, string Campaign, DateOnly Day, string? Agreement, long Amount, DateOnly PayableOn, bool NeedsApproval, CommissionState State);

/// <summary>Where commission stands on its way.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<CommissionState>))]
public enum CommissionState
{
    /// <summary>Booked; its day is open, and may change without a restatement.</summary>
    Accrued = 1,

    /// <summary>Its day is closed; its holding period has not passed, or nobody has approved it yet.</summary>
    Held = 2,

    /// <summary>Held long enough and approved; payable by the statement it stands on.</summary>
    Approved = 3,

    /// <summary>Its statement was paid.</summary>
    Paid = 4,

    /// <summary>Taken back after a statement had it.</summary>
    ClawedBack = 5,
}
