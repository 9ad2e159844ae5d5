using System.ComponentModel;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Api;

/// <summary>What is known of one person, in order.</summary>
internal static class JourneyEndpoint
{
    public static void MapJourneys(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/journeys", (
                [Description("A visitor id.")] string? visitor,
                [Description("A customer key, as it is sent.")] string? customer,
                [Description("An order id.")] string? order,
                [Description("The brand; default when absent.")] string? brand,
                CatalogCache source, IJourneyStore store, CustomerKeyHasher keys, CancellationToken cancellation) =>
                AnswerAsync(visitor, customer, order, brand ?? BrandSettings.DefaultId, source, store, keys, cancellation))
            .AllowQueryParameters("visitor", "customer", "order", "brand")
            .WithTags("Report").WithName("GetJourney").WithSummary("The touches and conversions of one person, by exactly one of visitor, customer, order.")
            .Produces<JourneyAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

    /// <summary>The answer, or the problem.</summary>
    internal static async Task<IResult> AnswerAsync(
        string? visitor, string? customer, string? order, string brandId, CatalogCache source, IJourneyStore store, CustomerKeyHasher keys, CancellationToken cancellation)
    {
        string?[] aliases =
        [
            visitor is null ? null : IdentityRules.VisitorAlias(visitor), customer is null ? null : IdentityRules.CustomerAlias(keys.Hash(customer)), order is null ? null : IdentityRules.OrderAlias(order),
        ];
        if (aliases.Count(alias => alias is not null) != 1) return ApiProblems.BadRequest("One person at a time", "Name exactly one of visitor, customer, order");
        var catalog = await source.RefreshAsync(cancellation);
        if (catalog.FindBrand(brandId) is not { } brand) return ApiProblems.BadParameter("brand", $"There is no brand '{brandId}'");
        if (await store.FindByAliasAsync(new AliasKey(brandId, aliases.Single(alias => alias is not null)!), cancellation) is not { Journey: var journey })
            return ApiProblems.NotFound($"The brand '{brandId}' knows no such person or order");

        return Results.Json(
            new JourneyAnswer(
                journey.Id, journey.Brand,
                [
                    .. journey.Touches.Select(touch => new JourneyTouch(
                        touch.Kind.ToString().ToLowerInvariant(), touch.At.ToString(), $"{touch.Id.Source}/{touch.Id.Id}",
                        touch.Placement?.Campaign, touch.Placement?.Creator, touch.MatchedBy, touch.Role, touch.Slug)),
                ],
                [
                    .. journey.Conversions.Select(conversion => new JourneyConversion(
                        conversion.Key[2..], conversion.Kind.ToString().ToLowerInvariant(), conversion.At.ToString(), conversion.IsCanceled ? "cancelled" : "standing",
                        brand.Currency.Code, brand.Currency.Format(conversion.Gross - conversion.Discount - conversion.Refunds))),
                ]),
            ReportJson.Options);
    }
}

/// <summary>A person's touches and conversions, each by time.</summary>
internal sealed record JourneyAnswer(Guid Id, string BrandId, IReadOnlyList<JourneyTouch> Touches, IReadOnlyList<JourneyConversion> Conversions);

/// <summary>A click or visit, and what it counts as.</summary>
internal sealed record JourneyTouch(
    string Kind, string OccurredAt, string Event, string? CampaignId, string? CreatorId, string? MatchedBy,
    [property: System.Text.Json.Serialization.JsonConverter(typeof(SnakeCaseEnumConverter<TouchRole>))] TouchRole Role, string? Link);

/// <summary>A conversion; its decision stands under <c>/v1/conversions/{id}</c>.</summary>
internal sealed record JourneyConversion(string Id, string Kind, string OccurredAt, string Status, string Currency, string Net);
