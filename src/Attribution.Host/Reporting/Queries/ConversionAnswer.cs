using System.Globalization;
using System.Text.Json.Serialization;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Payouts;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries;

/// <summary>A conversion and the decision about its credit.</summary>
internal sealed record ConversionAnswer
{
    public required string Id { get; init; }

    /// <summary><c>order</c>, <c>signup</c> or <c>lead</c>.</summary>
    public required string Kind { get; init; }

    public required string BrandId { get; init; }

    /// <summary>The earliest reported time.</summary>
    public required string OccurredAt { get; init; }

    /// <summary>The brand's local day of that time.</summary>
    public required DateOnly Day { get; init; }

    /// <summary><c>standing</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    public required bool NewCustomer { get; init; }

    /// <summary>The customer: new, returning or unknown.</summary>
    public required ConversionCustomer Customer { get; init; }

    public required string Currency { get; init; }

    public required Money Gross { get; init; }

    public required Money Discount { get; init; }

    public required Money Refunds { get; init; }

    public required Money Net { get; init; }

    /// <summary>True if amounts wait for an exchange rate.</summary>
    public required bool Incomplete { get; init; }

    /// <summary>Sums of the applied refunds by the refund's local day.</summary>
    public required IReadOnlyList<ConversionDayAmount> RefundDays { get; init; }

    /// <summary>Refunds as reported, in order, with the outcome of each.</summary>
    public required IReadOnlyList<ConversionRefund> RefundStatements { get; init; }

    /// <summary>Shares by model and placement; empty if no placement is credited.</summary>
    public required IReadOnlyList<ConversionCredit> Credits { get; init; }

    /// <summary>Commission by placement, from the credit of the book model.</summary>
    public required IReadOnlyList<ConversionCommission> Commissions { get; init; }

    /// <summary>Agreements with credited creators that pay nothing for the conversion, with the reason.</summary>
    public required IReadOnlyList<ConversionWithheld> Withheld { get; init; }

    /// <summary>The place of the order in its subscription; absent unless it is a renewal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConversionRenewal? Renewal { get; init; }

    /// <summary>The lines of the order; absent if it has none that add up, or if the booked credits cannot be reproduced.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ConversionLine>? Lines { get; init; }

    /// <summary>The explanation of the booked credits; null if they cannot be reproduced.</summary>
    public required ConversionDecision? Decision { get; init; }

    /// <summary>Lines of the ledger in the order in which they were recorded.</summary>
    public required IReadOnlyList<ConversionLedgerLine> Ledger { get; init; }

    /// <summary>Creates the answer for a conversion of a journey.</summary>
    public static ConversionAnswer Create(
        string id, Conversion conversion, Journey journey, EvaluatedConversion? evaluated, long catalogVersion,
        IReadOnlyList<LedgerEntry> ledger, BrandSettings brand, DateOnly? historySince)
    {
        var currency = brand.Currency;
        var decision = evaluated is not null && evaluated.Conversion.HasSameBookingAs(conversion)
            ? evaluated.Decision : null;
        return new()
        {
            Id = id, Kind = conversion.Kind.ToString().ToLowerInvariant(), BrandId = brand.Id,
            OccurredAt = conversion.At.ToString(), Day = conversion.Day,
            Status = conversion.IsCanceled ? "cancelled"
                : "standing", NewCustomer = conversion.IsNewCustomer, Currency = currency.Code,
            Customer = ConversionCustomer.Create(conversion.Customer, decision?.Customer, brand, historySince),
            Renewal = decision?.Renewal is { } renewal ? ConversionRenewal.FromDecision(renewal) : null,
            Lines = decision is { Lines.Count: > 0 } ? [.. decision.Lines.Select(line => ConversionLine.FromDecision(line, currency))] : null,
            Withheld = [.. (decision?.Withheld ?? []).Select(ConversionWithheld.FromWithheld)],
            Gross = new(conversion.Gross, currency), Discount = new(conversion.Discount, currency),
            Refunds = new(conversion.Refunds, currency),
            Net = new(conversion.GetNet(), currency),
            Incomplete = conversion.MissingRateCurrency is not null,
            RefundDays = [.. conversion.RefundDays.Select(
                day => new ConversionDayAmount(day.Day, new(day.Amount, currency)))],
            RefundStatements = [.. (evaluated?.Decision.Refunds ?? []).Select(ConversionRefund.FromAppliedRefund)],
            Credits =
            [
                .. from model in ModelNames.Served.OrderBy(ModelNames.NameOf, StringComparer.Ordinal)
                   from credit in conversion.Credits
                   where credit.Models.Contains(model)
                   select new ConversionCredit(
                       ModelNames.NameOf(model), credit.Placement.Campaign, credit.Placement.Creator,
                       new(credit.Micros),
                       new(credit.Gross, currency), new(credit.Discount, currency), new(credit.Refunds, currency),
                       new(credit.GetNet(), currency)) { Fit = model.IsFitted()
                           ? conversion.FitNumber : null },
            ],
            Commissions =
            [
                .. conversion.Accruals.Select(accrual =>
                    new ConversionCommission(accrual.Placement.Campaign, accrual.Placement.Creator, accrual.Agreement,
                        new(accrual.Commission, currency))),
            ],
            Decision = decision is null ? null : ConversionDecision.FromDecision(decision, catalogVersion, journey.CatalogVersion),
            Ledger = [.. ledger.Select(entry => ConversionLedgerLine.FromEntry(entry, currency))],
        };
    }
}

/// <summary>The status of the customer of a conversion, with its explanation.</summary>
/// <param name="Status"><c>new</c>, <c>returning</c> or <c>unknown</c>.</param>
/// <param name="KnownBy">
/// <c>shop</c> if the shop reported it, <c>history</c> if it follows from the known orders; null if it is unknown.
/// </param>
/// <param name="FirstOrderOn">Local day of the customer's first order, if that is an earlier one; otherwise null.</param>
/// <param name="HistorySince">
/// Local day from which every order is known: the brand's <c>historyCompleteSince</c>, otherwise the day of its first
/// order.
/// </param>
/// <param name="InWords">The result as text.</param>
internal sealed record ConversionCustomer(
    CustomerStatus Status, string? KnownBy, DateOnly? FirstOrderOn, DateOnly? HistorySince, string InWords)
{
    /// <summary>Creates the answer for a conversion.</summary>
    /// <param name="status">The status as booked.</param>
    /// <param name="known">The explanation; null if the booking cannot be reproduced.</param>
    /// <param name="brand">The brand.</param>
    /// <param name="historySince">The day from which every order is known; null if no order is known.</param>
    public static ConversionCustomer Create(
        CustomerStatus status, KnownCustomer? known, BrandSettings brand, DateOnly? historySince)
    {
        if (known?.Status != status) known = null;
        DateOnly? firstOn = known?.EarlierOrderAt is { } at ? brand.Calendar.DayOf(at) : null;
        var since = historySince is { } day ? string.Create(CultureInfo.InvariantCulture, $" Orders are known since {day:d MMMM yyyy}.") : "";
        var knownBy = known is null || status == CustomerStatus.Unknown ? null : known.Value.IsReported ? "shop" : "history";
        var inWords = (status, knownBy) switch
        {
            (CustomerStatus.Unknown, _) => "It is unknown whether the customer is new." + since,
            (CustomerStatus.New, "shop") => "New customer, as reported by the shop.",
            (CustomerStatus.New, _) => "New customer: no earlier order is known." + since,
            (_, "shop") => "Not a new customer, as reported by the shop.",
            _ => firstOn is { } first
                ? string.Create(CultureInfo.InvariantCulture, $"Not a new customer: the first order was on {first:d MMMM yyyy}.")
                : "Not a new customer.",
        };
        return new(status, knownBy, firstOn, historySince, inWords);
    }
}

/// <summary>The place of a renewal in its subscription.</summary>
/// <param name="FirstOrderId">The subscription's first order; null if that is not known.</param>
/// <param name="Number">Number of the renewal, from 1; null if it is not known, or for a payment before the first renewal.</param>
/// <param name="CreditedAsFirstOrder">True if it is credited as the first order was.</param>
/// <param name="InWords">The result as text.</param>
internal sealed record ConversionRenewal(string? FirstOrderId, int? Number, bool CreditedAsFirstOrder, string InWords)
{
    /// <summary>Creates the answer for a renewal.</summary>
    public static ConversionRenewal FromDecision(DecidedRenewal renewal) => new(
        renewal.FirstOrder?[2..], renewal.Number > 0 ? renewal.Number : null, renewal.FollowsFirstOrder, renewal.Description);
}

/// <summary>An agreement with a credited creator that pays nothing for a conversion.</summary>
/// <param name="CampaignId">The credited campaign.</param>
/// <param name="CreatorId">The credited creator.</param>
/// <param name="AgreementId">The agreement.</param>
/// <param name="Reason">The reason.</param>
/// <param name="InWords">The reason as text.</param>
internal sealed record ConversionWithheld(
    string CampaignId, string CreatorId, string AgreementId, WithheldReason Reason, string InWords)
{
    /// <summary>Creates the answer for a commission that is withheld.</summary>
    public static ConversionWithheld FromWithheld(WithheldCommission withheld) => new(
        withheld.Placement.Campaign, withheld.Placement.Creator, withheld.Agreement, withheld.Reason, withheld.Description);
}

/// <summary>An amount on a local day.</summary>
internal sealed record ConversionDayAmount(DateOnly Day, Money Amount);

/// <summary>A refund as reported, and its outcome.</summary>
/// <param name="RefundId">Id of the refund.</param>
/// <param name="Kind"><c>refund</c>, <c>cancel</c> or <c>chargeback</c>.</param>
/// <param name="OccurredAt">Time of the refund.</param>
/// <param name="Event">The event as <c>source/id</c>.</param>
/// <param name="Currency">Currency as reported.</param>
/// <param name="Amount">Amount as reported; null for the full remaining amount.</param>
/// <param name="Applied">Amount applied to the order, in the order's currency; null while it is unknown.</param>
/// <param name="Outcome">Outcome of the refund.</param>
/// <param name="InWords">The outcome as text.</param>
internal sealed record ConversionRefund(
    string RefundId, string Kind, string OccurredAt, string Event, string? Currency, Money? Amount, Money? Applied,
    RefundOutcome Outcome, string InWords)
{
    /// <summary>Creates the answer for a refund.</summary>
    public static ConversionRefund FromAppliedRefund(AppliedRefund refund)
    {
        var reported = refund.Refund;
        return new(
            reported.RefundId, reported.Kind.ToString().ToLowerInvariant(), reported.At.ToString(),
            $"{reported.Id.Source}/{reported.Id.Id}", reported.Currency,
            ToMoney(reported.Amount, reported.Currency), ToMoney(refund.Amount, refund.Currency), refund.Outcome,
            refund.Description);
    }

    private static Money? ToMoney(long? amount, string? currency) =>
        amount is { } minor && currency is not null ? new Money(minor, Core.Values.Currency.Parse(currency)) : null;
}

/// <summary>The share of a placement under a model. Fitted models have none for days without a fit.</summary>
internal sealed record ConversionCredit(
    string Model, string CampaignId, string CreatorId, Share Share, Money Gross, Money Discount, Money Refunds,
    Money Net)
{
    /// <summary>Number of the fit that computed the share; absent for models that are not fitted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Fit { get; init; }
}

/// <summary>The commission that a placement earns with the conversion, and the agreement that pays it.</summary>
internal sealed record ConversionCommission(string CampaignId, string CreatorId, string AgreementId, Money Amount);

/// <summary>A line of the ledger.</summary>
internal sealed record ConversionLedgerLine(
    string CampaignId, string CreatorId, DateOnly OrderDay, DateOnly EntryDay, Money Amount, Share Share,
    Money Commission,
    LedgerReason Reason, string CausedBy, string RecordedAt)
{
    /// <summary>Creates the answer for a ledger entry.</summary>
    public static ConversionLedgerLine FromEntry(LedgerEntry entry, Currency currency) => new(
        entry.Placement.Campaign, entry.Placement.Creator, entry.OrderDay, entry.EntryDay, new(entry.Amount, currency),
        new(entry.Micros), new(entry.Commission, currency), entry.Reason, entry.CausedBy, entry.RecordedAt.ToString());
}
