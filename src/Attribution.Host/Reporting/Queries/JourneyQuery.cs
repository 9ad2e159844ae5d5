using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Queries;

/// <summary>An identifier of a person. Exactly one member must be given.</summary>
/// <param name="Visitor">Visitor id.</param>
/// <param name="Customer">Customer key as it is sent, not hashed.</param>
/// <param name="Order">Order id.</param>
internal sealed record PersonId(string? Visitor, string? Customer, string? Order);

/// <summary>The query for the journey of a person.</summary>
internal static class JourneyQuery
{
    /// <summary>Finds the journey of a person.</summary>
    public static async Task<QueryResult<JourneyAnswer>> RunAsync(
        PersonId person, string? brandId, CatalogSnapshot catalog, IJourneyStore store, CustomerKeyHasher keys,
        CancellationToken cancellation)
    {
        string?[] aliases =
        [
            person.Visitor is { } visitor ? IdentityRules.VisitorAlias(visitor) : null,
            person.Customer is { } customer ? IdentityRules.CustomerAlias(keys.Hash(customer)) : null,
            person.Order is { } order ? IdentityRules.OrderAlias(order) : null,
        ];
        if (aliases.Count(alias => alias is not null) != 1)
            return QueryProblem.BadRequest(
                "Not exactly one identifier", "Send exactly one of visitor, customer and order");
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        var alias = new AliasKey(brand.Id, aliases.Single(alias => alias is not null)!);
        return await store.FindByAliasAsync(alias, cancellation) is { Journey: var journey }
            ? JourneyAnswer.FromJourney(journey, brand.Currency)
            : QueryProblem.NotFound($"The brand '{brand.Id}' has no such person or order");
    }
}

/// <summary>The touches and conversions of a person, each ordered by time.</summary>
internal sealed record JourneyAnswer(
    Guid Id, string BrandId, IReadOnlyList<JourneyTouch> Touches, IReadOnlyList<JourneyConversion> Conversions)
{
    /// <summary>Creates the answer for a journey.</summary>
    public static JourneyAnswer FromJourney(Journey journey, Currency currency) => new(
        journey.Id, journey.Brand,
        [
            .. journey.Touches.Select(touch => new JourneyTouch(
                touch.Kind.ToString().ToLowerInvariant(), touch.At.ToString(), $"{touch.Id.Source}/{touch.Id.Id}",
                touch.Placement?.Campaign, touch.Placement?.Creator, touch.MatchedBy, touch.Role, touch.Slug)),
        ],
        [
            .. journey.Conversions.Select(conversion => new JourneyConversion(
                conversion.Key[2..], conversion.Kind.ToString().ToLowerInvariant(), conversion.At.ToString(),
                conversion.IsCanceled ? "cancelled" : "standing",
                currency.Code, new(conversion.GetNet(), currency))),
        ]);
}

/// <summary>A click or visit, and its role in attribution.</summary>
internal sealed record JourneyTouch(
    string Kind, string OccurredAt, string Event, string? CampaignId, string? CreatorId, string? MatchedBy,
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<TouchRole>))] TouchRole Role, string? Link);

/// <summary>A conversion; <c>/v1/conversions/{id}</c> returns its decision.</summary>
internal sealed record JourneyConversion(
    string Id, string Kind, string OccurredAt, string Status, string Currency, Money Net);
