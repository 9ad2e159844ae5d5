using System.Collections.Immutable;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// An order, sign-up or lead: its merged reports and refunds, in minor units of the brand's currency, with the credits
/// as last emitted.
/// </summary>
public sealed record Conversion
{
    /// <summary>Gets the key: <c>o:</c> and the order id, or <c>n:</c> and the conversion id.</summary>
    public required string Key { get; init; }

    /// <summary>Gets the kind of conversion.</summary>
    public required ConversionKind Kind { get; init; }

    /// <summary>Gets the earliest reported time.</summary>
    public required Timestamp At { get; init; }

    /// <summary>Gets the brand's local day of <see cref="At"/>.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>True if the order was canceled: it is no longer counted, but its money stays.</summary>
    public bool IsCanceled { get; init; }

    /// <summary>True if the customer is new: by the shop's word, otherwise without an earlier order.</summary>
    public bool IsNewCustomer { get; init; }

    /// <summary>True if it is unknown whether the customer is new; <see cref="IsNewCustomer"/> is false then.</summary>
    public bool IsUnknownCustomer { get; init; }

    /// <summary>Gets whether the customer had ordered before.</summary>
    public CustomerStatus Customer => IsNewCustomer ? CustomerStatus.New
        : IsUnknownCustomer ? CustomerStatus.Unknown : CustomerStatus.Returning;

    /// <summary>Gets the value of the goods before discounts.</summary>
    public long Gross { get; init; }

    /// <summary>Gets the discount; at most <see cref="Gross"/>.</summary>
    public long Discount { get; init; }

    /// <summary>Gets the applied refunds; at most gross minus discount.</summary>
    public long Refunds { get; init; }

    /// <summary>Gets the applied refunds by the refund's local day.</summary>
    public ImmutableArray<DayAmount> RefundDays { get; init; } = [];

    /// <summary>Gets the number of refunds that exceeded what was left of the order and were capped.</summary>
    public int RefundsCapped { get; init; }

    /// <summary>Gets the number of refunds in another currency, which were not applied.</summary>
    public int RefundsInOtherCurrency { get; init; }

    /// <summary>
    /// Gets the currency whose exchange rate is missing, so that the money is not counted; null if it is counted.
    /// </summary>
    public string? MissingRateCurrency { get; init; }

    /// <summary>Gets the model that wrote the ledger lines.</summary>
    public required Model BookModel { get; init; }

    /// <summary>Gets the description of the credit terms that applied; equal for equal terms.</summary>
    public required string Terms { get; init; }

    /// <summary>
    /// Gets the number of the fit behind the shares under the fitted models; 0 if the day has no fit and there are no
    /// such shares.
    /// </summary>
    public int FitNumber { get; init; }

    /// <summary>
    /// Gets the shares by placement; equal shares under several models are one entry. Empty if unattributed.
    /// </summary>
    public ImmutableArray<Credit> Credits { get; init; } = [];

    /// <summary>Gets the shares of the book model.</summary>
    public IEnumerable<Credit> BookCredits => Credits.Where(credit => credit.Models.Contains(BookModel));

    /// <summary>Gets the commissions by placement, computed from the book model's credit.</summary>
    public ImmutableArray<Accrual> Accruals { get; init; } = [];

    /// <summary>Gets the placements whose codes the order used, each once; empty if the order was canceled.</summary>
    public ImmutableArray<Placement> RedeemedPlacements { get; init; } = [];

    /// <summary>Gets the catalog items that its codes matched, as <c>kind/id</c>.</summary>
    public ImmutableArray<string> MatchedBy { get; init; } = [];

    /// <summary>Gets the normalized codes that matched nothing at the conversion's time, each once.</summary>
    public ImmutableArray<string> UnmatchedCodes { get; init; } = [];

    /// <summary>Returns the net after refunds.</summary>
    public long GetNet() => Gross - Discount - Refunds;

    /// <summary>
    /// Returns true if another evaluation of the conversion has the same credit terms and the same credits under the
    /// book model.
    /// </summary>
    public bool HasSameBookingAs(Conversion other) =>
        BookModel == other.BookModel && Terms == other.Terms && BookedShares().SequenceEqual(other.BookedShares());

    private IEnumerable<(Placement Placement, long Micros, long Gross, long Discount, long Refunds)> BookedShares() =>
        BookCredits.Select(credit => (credit.Placement, credit.Micros, credit.Gross, credit.Discount, credit.Refunds));
}
