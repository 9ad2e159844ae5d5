using System.ComponentModel;
using System.Text.Json.Serialization;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Api;

/// <summary>Why an order went where it went.</summary>
internal static class ConversionEndpoint
{
    public static void MapConversion(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/conversions/{id}", (
                [Description("An order id, else a conversion id (of a sign-up or lead).")] string id,
                [Description("The brand; default when absent.")] string? brand,
                HttpContext http, CatalogCache source, ICatalogStore catalogStore, IJourneyStore store, ILedgerStore entries, CancellationToken cancellation) =>
                AnswerAsync(
                    id.Contains('%', StringComparison.Ordinal) ? RawRoute.DecodeLastSegment(http) : id, brand ?? BrandSettings.DefaultId, source, catalogStore, store,
                    entries, cancellation))
            .AllowQueryParameters("brand")
            .WithTags("Report").WithName("GetConversion")
            .WithSummary("A conversion with its decision: policy, model, every candidate and what became of it, the credits of every model, refunds and ledger entries.")
            .Produces<ConversionAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

    /// <summary>The answer, or the problem.</summary>
    internal static async Task<IResult> AnswerAsync(
        string id, string brandId, CatalogCache source, ICatalogStore catalogStore, IJourneyStore store, ILedgerStore entries,
        CancellationToken cancellation)
    {
        var catalog = await source.RefreshAsync(cancellation);
        if (catalog.FindBrand(brandId) is not { } brand) return ApiProblems.BadParameter("brand", $"There is no brand '{brandId}'");
        foreach (var key in new[] { IdentityRules.OrderAlias(id), IdentityRules.NonOrderAlias(id) })
        {
            if (await store.FindByAliasAsync(new AliasKey(brandId, key), cancellation) is not { Journey: var journey }) continue;
            if (journey.Conversions.FirstOrDefault(known => known.Key == key) is { } conversion)
            {
                var ledger = await entries.ReadLedgerAsync(brandId, key, cancellation);
                var evaluated = journey.EvaluateConversion(key, await FindBookedCatalogAsync(journey, catalog, catalogStore, cancellation));
                return Results.Json(ConversionAnswer.Create(id, conversion, journey, evaluated, catalog.Version, ledger, brand), ReportJson.Options);
            }
            if (journey.ReportedRefunds.Where(refund => IdentityRules.OrderAlias(refund.OrderId) == key).ToList() is { Count: > 0 } waiting)
                return Results.Problem(
                    $"Refunds of the order '{id}' wait for it; the order itself has not come", statusCode: StatusCodes.Status404NotFound, title: "Not found",
                    extensions: new Dictionary<string, object?> { ["refunds"] = waiting.Select(refund => ConversionRefund.FromAppliedRefund(new(refund, RefundOutcome.WaitsForOrder, 0, null))) });
        }
        return ApiProblems.NotFound($"The brand '{brandId}' has no order or conversion '{id}'. An event just accepted appears within a second or two");
    }

    /// <summary>
    /// Returns a catalog that credits the journey as it was booked: the current one, unless it contains changes that the journey
    /// was not evaluated with yet.
    /// </summary>
    private static async ValueTask<CatalogSnapshot> FindBookedCatalogAsync(
        Journey journey, CatalogSnapshot catalog, ICatalogStore catalogStore, CancellationToken cancellation)
    {
        if (journey.CatalogVersion >= catalog.Contents.JourneysVersion && journey.CatalogVersion <= catalog.Version) return catalog;
        var booked = CatalogSnapshot.Create(await catalogStore.LoadCatalogAtAsync(journey.CatalogVersion, cancellation));
        return booked.FindBrand(journey.Brand) is null ? catalog : booked;
    }
}

/// <summary>A conversion and its decision.</summary>
internal sealed record ConversionAnswer
{
    public required string Id { get; init; }

    /// <summary><c>order</c>, <c>signup</c> or <c>lead</c>.</summary>
    public required string Kind { get; init; }

    public required string BrandId { get; init; }

    /// <summary>The earliest time seen.</summary>
    public required string OccurredAt { get; init; }

    /// <summary>The brand's local day of it.</summary>
    public required DateOnly Day { get; init; }

    /// <summary><c>standing</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    public required bool NewCustomer { get; init; }

    public required string Currency { get; init; }

    public required string Gross { get; init; }

    public required string Discount { get; init; }

    public required string Refunds { get; init; }

    public required string Net { get; init; }

    /// <summary>True when amounts wait for an exchange rate.</summary>
    public required bool Incomplete { get; init; }

    /// <summary>What the refunds that were applied come to, by the refund's local day.</summary>
    public required IReadOnlyList<ConversionDayAmount> RefundDays { get; init; }

    /// <summary>What was said of refunds, as stated and in order, and what became of each.</summary>
    public required IReadOnlyList<ConversionRefund> RefundStatements { get; init; }

    /// <summary>Shares by model and placement; empty when nobody is credited.</summary>
    public required IReadOnlyList<ConversionCredit> Credits { get; init; }

    /// <summary>Commission by placement, from the book model's credit.</summary>
    public required IReadOnlyList<ConversionCommission> Commissions { get; init; }

    /// <summary>The explanation of the booked credits; null if they cannot be reproduced.</summary>
    public required ConversionDecision? Decision { get; init; }

    /// <summary>The ledger's lines, in the order they were recorded.</summary>
    public required IReadOnlyList<ConversionLedgerLine> Ledger { get; init; }

    public static ConversionAnswer Create(
        string id, Conversion conversion, Journey journey, EvaluatedConversion? evaluated, long catalogVersion,
        IReadOnlyList<LedgerEntry> ledger, BrandSettings brand)
    {
        var currency = brand.Currency;
        var decision = evaluated is not null && evaluated.Conversion.HasSameBookingAs(conversion) ? evaluated.Decision : null;
        return new()
        {
            Id = id, Kind = conversion.Kind.ToString().ToLowerInvariant(), BrandId = brand.Id, OccurredAt = conversion.At.ToString(), Day = conversion.Day,
            Status = conversion.IsCanceled ? "cancelled" : "standing", NewCustomer = conversion.IsNewCustomer, Currency = currency.Code,
            Gross = currency.Format(conversion.Gross), Discount = currency.Format(conversion.Discount), Refunds = currency.Format(conversion.Refunds),
            Net = currency.Format(conversion.Gross - conversion.Discount - conversion.Refunds), Incomplete = conversion.MissingRateCurrency is not null,
            RefundDays = [.. conversion.RefundDays.Select(day => new ConversionDayAmount(day.Day, currency.Format(day.Amount)))],
            RefundStatements = [.. (evaluated?.Decision.Refunds ?? []).Select(ConversionRefund.FromAppliedRefund)],
            Credits =
            [
                .. from model in ModelNames.Served.OrderBy(ModelNames.NameOf, StringComparer.Ordinal)
                   from credit in conversion.Credits
                   where credit.Models.Contains(model)
                   select new ConversionCredit(
                       ModelNames.NameOf(model), credit.Placement.Campaign, credit.Placement.Creator, RollupRow.FormatShare(credit.Micros),
                       currency.Format(credit.Gross), currency.Format(credit.Discount), currency.Format(credit.Refunds),
                       currency.Format(credit.Gross - credit.Discount - credit.Refunds)) { Fit = model.IsFitted() ? conversion.FitNumber : null },
            ],
            Commissions = [.. conversion.Accruals.Select(accrual => new ConversionCommission(accrual.Placement.Campaign, accrual.Placement.Creator, accrual.Agreement, currency.Format(accrual.Commission)))],
            Decision = decision is null ? null : ConversionDecision.FromDecision(decision, catalogVersion, journey.CatalogVersion),
            Ledger = [.. ledger.Select(entry => ConversionLedgerLine.FromEntry(entry, currency))],
        };
    }
}

/// <summary>An amount on a local day.</summary>
internal sealed record ConversionDayAmount(DateOnly Day, string Amount);

/// <summary>A refund as stated, and what became of it.</summary>
/// <param name="RefundId">The refund's id.</param>
/// <param name="Kind"><c>refund</c>, <c>cancel</c> or <c>chargeback</c>.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="Event">The event as <c>source/id</c>.</param>
/// <param name="Currency">As stated.</param>
/// <param name="Amount">As stated. Null: all that was left.</param>
/// <param name="Applied">What was given back by it, in the order's currency; null while that is not known.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="InWords">The outcome in a sentence.</param>
internal sealed record ConversionRefund(
    string RefundId, string Kind, string OccurredAt, string Event, string? Currency, string? Amount, string? Applied, RefundOutcome Outcome, string InWords)
{
    public static ConversionRefund FromAppliedRefund(AppliedRefund refund)
    {
        var stated = refund.Refund;
        return new(
            stated.RefundId, stated.Kind.ToString().ToLowerInvariant(), stated.At.ToString(), $"{stated.Id.Source}/{stated.Id.Id}", stated.Currency,
            stated is { Currency: { } code, Amount: { } amount } ? Core.Values.Currency.Parse(code).Format(amount) : null,
            refund.Currency is { } own ? Core.Values.Currency.Parse(own).Format(refund.Amount) : null, refund.Outcome, refund.Description);
    }
}

/// <summary>A placement's share under a model. There are none under a fitted model for a day without a fit.</summary>
internal sealed record ConversionCredit(
    string Model, string CampaignId, string CreatorId, string Share, string Gross, string Discount, string Refunds, string Net)
{
    /// <summary>Of a fitted model: the number of the fit it comes from. Absent of the others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Fit { get; init; }
}

/// <summary>What a placement earns by it, and by which agreement.</summary>
internal sealed record ConversionCommission(string CampaignId, string CreatorId, string AgreementId, string Amount);

/// <summary>How it was decided.</summary>
/// <param name="Summary">The decision in a sentence.</param>
/// <param name="Policy">The credit policy at the conversion's time.</param>
/// <param name="CodeShare">The codes' share under <c>split</c>, 0 to 1; null under another policy.</param>
/// <param name="Model">The book model at the conversion's time.</param>
/// <param name="ClickLookback">How far back a click counted where its campaign does not say otherwise.</param>
/// <param name="VisitLookback">How far back a visit without a click counted where its campaign does not say otherwise.</param>
/// <param name="SettingsFrom">Since when the brand's settings are these; null: since ever.</param>
/// <param name="CatalogVersion">The current version of the catalog.</param>
/// <param name="EvaluatedWith">
/// The version of the catalog that the credits were evaluated with and that the decision explains. If it is lower than the current version and
/// the changes since affect the conversion, the credits are evaluated again within seconds.
/// </param>
/// <param name="Candidates">Touches in order, then codes in the order's own sequence.</param>
internal sealed record ConversionDecision(
    string Summary, string Policy, string? CodeShare, string Model, string ClickLookback, string VisitLookback, string? SettingsFrom,
    long CatalogVersion, long EvaluatedWith, IReadOnlyList<ConversionCandidate> Candidates)
{
    public static ConversionDecision FromDecision(Decision decision, long catalogVersion, long evaluatedWith) => new(
        decision.Description, decision.Terms.Policy.Name,
        decision.Terms.Policy.Kind == PolicyKind.Split ? decision.Terms.Policy.CodeShare.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        ModelNames.NameOf(decision.Terms.BookModel), IsoDuration.Format(decision.Terms.ClickLookback), IsoDuration.Format(decision.Terms.VisitLookback),
        decision.Terms.From == new Timestamp(long.MinValue) ? null : decision.Terms.From.ToString(), catalogVersion, evaluatedWith,
        [
            .. decision.Candidates.Select(candidate => new ConversionCandidate(
                candidate.Kind, candidate.At.ToString(), candidate.Event, candidate.Placement?.Campaign, candidate.Placement?.Creator,
                candidate.MatchedBy, candidate.Code, candidate.Outcome, RollupRow.FormatShare(candidate.Micros), candidate.Description)),
        ]);
}

/// <summary>A touch or code that could have earned it.</summary>
/// <param name="Kind"><c>click</c>, <c>visit</c> or <c>code</c>.</param>
/// <param name="OccurredAt">When; of a code, the conversion's time.</param>
/// <param name="Event">The event as <c>source/id</c>; null of a code.</param>
/// <param name="CampaignId">Who would be credited; null when nothing matched.</param>
/// <param name="CreatorId">Who would be credited; null when nothing matched.</param>
/// <param name="MatchedBy">The catalog item that matched.</param>
/// <param name="Code">The code; null of a touch.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Weight">Its share under the book model, 0 to 1.</param>
/// <param name="InWords">The outcome in a sentence.</param>
internal sealed record ConversionCandidate(
    string Kind, string OccurredAt, string? Event, string? CampaignId, string? CreatorId, string? MatchedBy, string? Code,
    Outcome Outcome, string Weight, string InWords);

/// <summary>A line of the ledger.</summary>
internal sealed record ConversionLedgerLine(
    string CampaignId, string CreatorId, DateOnly OrderDay, DateOnly EntryDay, string Amount, string Share, string Commission,
    LedgerReason Reason, string CausedBy, string RecordedAt)
{
    public static ConversionLedgerLine FromEntry(LedgerEntry entry, Currency currency) => new(
        entry.Placement.Campaign, entry.Placement.Creator, entry.OrderDay, entry.EntryDay, currency.Format(entry.Amount),
        RollupRow.FormatShare(entry.Micros), currency.Format(entry.Commission), entry.Reason, entry.CausedBy, entry.RecordedAt.ToString());
}
