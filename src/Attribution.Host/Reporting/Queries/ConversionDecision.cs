using System.Text.Json.Serialization;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Models;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The decision about the credit of a conversion.</summary>
/// <param name="Summary">The decision as text.</param>
/// <param name="Policy">Credit policy at the time of the conversion.</param>
/// <param name="CodeShare">Share of the codes under <c>split</c>, 0 to 1; null under another policy.</param>
/// <param name="Model">Book model at the time of the conversion.</param>
/// <param name="ClickLookback">
/// Period before the conversion in which a click counts, unless its campaign has a lookback of its own.
/// </param>
/// <param name="VisitLookback">
/// Period before the conversion in which a visit without a click counts, unless its campaign has a lookback of its own.
/// </param>
/// <param name="SettingsFrom">Time from which the brand has these settings; null if it always had them.</param>
/// <param name="CatalogVersion">Current version of the catalog.</param>
/// <param name="EvaluatedWith">
/// Version of the catalog with which the credits were booked and which this explanation uses. If changes since then
/// affect the journey, it is evaluated again within seconds.
/// </param>
/// <param name="Candidates">Touches in order of time, then codes in the order of the conversion.</param>
internal sealed record ConversionDecision(
    string Summary, string Policy, [property: JsonConverter(typeof(DecimalTextConverter))] decimal? CodeShare,
    string Model, string ClickLookback, string VisitLookback,
    string? SettingsFrom, long CatalogVersion, long EvaluatedWith, IReadOnlyList<ConversionCandidate> Candidates)
{
    /// <summary>Gets the rate that law fixes and by which amounts were converted; absent if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConversionFixedRate? FixedRate { get; init; }

    /// <summary>Creates the answer for a decision.</summary>
    public static ConversionDecision FromDecision(Decision decision, long catalogVersion, long evaluatedWith) => new(
        decision.Description, decision.Terms.Policy.Name, decision.Terms.Policy.Kind == PolicyKind.Split
            ? decision.Terms.Policy.CodeShare : null,
        ModelNames.NameOf(decision.Terms.BookModel), IsoDuration.Format(decision.Terms.ClickLookback),
        IsoDuration.Format(decision.Terms.VisitLookback),
        decision.Terms.From == new Timestamp(long.MinValue) ? null
            : decision.Terms.From.ToString(), catalogVersion, evaluatedWith,
        [
            .. decision.Candidates.Select(candidate => new ConversionCandidate(
                candidate.Kind, candidate.At.ToString(), candidate.Event, candidate.Placement?.Campaign,
                candidate.Placement?.Creator,
                candidate.MatchedBy, candidate.Code, candidate.Outcome, new(candidate.Micros), candidate.Description)
                { Claim = ConversionClaim.FromClaim(candidate.Claim) }),
        ])
        {
            FixedRate = decision.FixedRate is { } rate ? new(rate.From, rate.To, rate.Rate, rate.Source) : null,
        };
}

/// <summary>A rate that law fixes.</summary>
/// <param name="From">Currency of the conversion as reported.</param>
/// <param name="To">Currency of the brand.</param>
/// <param name="Rate">Units of the brand's currency per unit of the reported one.</param>
/// <param name="Source">The law.</param>
internal sealed record ConversionFixedRate(
    string From, string To, [property: JsonConverter(typeof(DecimalTextConverter))] decimal Rate, string Source);

/// <summary>A touch or code that is a candidate for credit.</summary>
/// <param name="Kind"><c>click</c>, <c>visit</c>, <c>referral</c> or <c>code</c>.</param>
/// <param name="OccurredAt">Time of the touch; for a code, of the conversion.</param>
/// <param name="Event">The event as <c>source/id</c>; null for a code.</param>
/// <param name="CampaignId">Campaign that would be credited; null if nothing matched.</param>
/// <param name="CreatorId">Creator that would be credited; null if nothing matched.</param>
/// <param name="MatchedBy">Catalog item that matched.</param>
/// <param name="Code">The code; null for a touch.</param>
/// <param name="Outcome">Outcome for the candidate.</param>
/// <param name="Weight">Share under the book model, 0 to 1.</param>
/// <param name="InWords">The outcome as text.</param>
internal sealed record ConversionCandidate(
    string Kind, string OccurredAt, string? Event, string? CampaignId, string? CreatorId, string? MatchedBy,
    string? Code,
    Outcome Outcome, Share Weight, string InWords)
{
    /// <summary>Gets the claim of a referral; absent for other candidates.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConversionClaim? Claim { get; init; }
}

/// <summary>A claim that a creator referred the buyer of an order. Ids are those of the network; absent if not stated.</summary>
/// <param name="OrderId">The order that it was stated with.</param>
/// <param name="Verified">True if the shop had it confirmed by the network.</param>
internal sealed record ConversionClaim(string OrderId, bool Verified)
{
    /// <summary>Gets the network.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Provider { get; init; }

    /// <summary>Gets the publisher.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PublisherId { get; init; }

    /// <summary>Gets the network's campaign.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProviderCampaignId { get; init; }

    /// <summary>Gets the id that the publisher added.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SubId { get; init; }

    /// <summary>Gets the parameter <c>ref</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ref { get; init; }

    /// <summary>Gets the keyed hash of the network's token.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    /// <summary>Gets the end (inclusive) of its validity.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ExpiresAt { get; init; }

    /// <summary>Creates the answer for a claim; null for none.</summary>
    public static ConversionClaim? FromClaim(ReferralClaim? claim) => claim is null ? null : new(claim.OrderId, claim.IsVerified)
    {
        Provider = claim.Provider, PublisherId = claim.PublisherId, ProviderCampaignId = claim.CampaignId, SubId = claim.SubId,
        Ref = claim.Ref, Token = claim.Token, ExpiresAt = claim.ExpiresAt?.ToString(),
    };
}
