using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Identity;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Observability;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Storage.Access;
using Attribution.Storage.Erasures;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Api;

/// <summary>Forgets a person: their identifiers go from all that is stored, amounts and sums stay.</summary>
internal static class EraseEndpoint
{
    private const int MaxBodyBytes = 16 * 1024;
    private const int RetryAfterSeconds = 5;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public static void MapErase(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/erase", EraseAsync)
            .AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Operate").WithName("Erase").WithSummary("Takes a person's identifiers out of all that is stored; amounts and sums stay.")
            .WithDescription(
                "By exactly one of customerKey and visitorId. Visitor ids, customer keys and click ids that the person's journey holds become random tokens in journeys and archived events; their aliases, and refused events that "
                + "name them, are deleted; of addresses the campaign parameters stay, referrers go. Order ids, times, codes and amounts stay: they are the books. The files are rewritten before it is answered, so that no byte of an "
                + "identifier is left in this host's data folder. Copies elsewhere, with the broker, in other processes' spools or in backups are not reached.")
            .Accepts<EraseRequest>("application/json").Produces<EraseAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .DisableRequestTimeout();

    private static async Task<IResult> EraseAsync(
        HttpContext http, CatalogCache source, IJourneyStore journeys, IErasureStore store, CustomerKeyHasher keys, IEnumerable<FileCompaction> compactions, CancellationToken cancellation)
    {
        var (body, tooLong) = await RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellation);
        if (tooLong is not null) return tooLong;
        var (record, faults) = ItemReader.ReadRecord(typeof(EraseRequest), body);
        if (record is not EraseRequest asked) return ApiProblems.ValidationFailed(StatusCodes.Status400BadRequest, "The request cannot be read", faults);
        if ((asked.CustomerKey is null) == (asked.VisitorId is null)) return ApiProblems.BadRequest("One person at a time", "Name exactly one of customerKey, visitorId");
        var id = (asked.CustomerKey ?? asked.VisitorId)!.Normalize(NormalizationForm.FormC);
        if (string.IsNullOrWhiteSpace(id)) return ApiProblems.BadRequest("Nobody is named", "The identifier must not be empty");
        var brand = asked.BrandId ?? Caller.FromContext(http).OnlyBrand ?? BrandSettings.DefaultId;
        if (Caller.FromContext(http).OnlyBrand is { } own && own != brand)
            return ApiProblems.Create(StatusCodes.Status403Forbidden, "Not your brand", $"The API key is of the brand '{own}' and may not erase for '{brand}'");
        var catalog = await source.RefreshAsync(cancellation);
        if (catalog.FindBrand(brand) is null) return ApiProblems.BadRequest("Unknown brand", $"There is no brand '{brand}'");
        if (!await WaitForDrainAsync(http, cancellation))
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return ApiProblems.Create(StatusCodes.Status503ServiceUnavailable, "Events wait in the spool", "They may name the person, and nothing was done. Ask again when they are attributed");
        }

        var alias = asked.CustomerKey is null ? IdentityRules.VisitorAlias(id) : IdentityRules.CustomerAlias(keys.Hash(id));
        var known = await journeys.FindByAliasAsync(new AliasKey(brand, alias), cancellation);
        var erasure = PersonErasure.Of(brand, alias, id, known?.Journey, NewToken);
        if (await store.EraseAsync(erasure, cancellation) is not { } outcome)
            return ApiProblems.Create(StatusCodes.Status409Conflict, "A rebuild goes on", "It works on copies that name the person. Ask again when it has ended");
        // What is erased is erased; that its bytes are gone too is what is answered.
        foreach (var compact in compactions) await compact(CancellationToken.None);
        var creators = catalog.Items<CreatorItem>().Where(creator => creator.CustomerKeys?.Any(erasure.OccursIn) == true).Select(creator => creator.Id).Order(StringComparer.Ordinal).ToList();
        return Results.Json(
            new EraseAnswer(erasure.IdentifierCount, outcome.Events, outcome.Journeys, outcome.Aliases, outcome.LedgerLines, outcome.Rejections, outcome.Remaining, creators), ReportJson.Options);
    }

    private static async Task<bool> WaitForDrainAsync(HttpContext http, CancellationToken cancellation)
    {
        if (http.RequestServices.GetService<SpoolDepth>() is not { } depth) return true;
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        var began = time.GetTimestamp();
        while (depth() > 0)
        {
            if (time.GetElapsedTime(began) > DrainTimeout) return false;
            await Task.Delay(PollInterval, cancellation);
        }
        return true;
    }

    /// <summary>128 random bits.</summary>
    private static string NewToken() => "x-" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}

/// <summary>Whom to forget.</summary>
/// <param name="CustomerKey">By their customer key.</param>
/// <param name="VisitorId">By a visitor id.</param>
/// <param name="BrandId">Of this brand; the key's, else <c>default</c>, when absent.</param>
internal sealed record EraseRequest(string? CustomerKey = null, string? VisitorId = null, string? BrandId = null);

/// <summary>What went.</summary>
/// <param name="Identifiers">Visitor ids, customer keys and click ids that were the person's.</param>
/// <param name="Events">Archived events without them now.</param>
/// <param name="Journeys">Journeys without them.</param>
/// <param name="Aliases">Aliases deleted.</param>
/// <param name="LedgerLines">Ledger lines whose cause was named by them.</param>
/// <param name="Rejections">Refused events deleted.</param>
/// <param name="Remaining">Archived events that hold an identifier still, within an order's id or the like; expected 0.</param>
/// <param name="Creators">Creators whose <c>customerKeys</c> in the catalog hold one: the catalog and its history are yours to change.</param>
internal sealed record EraseAnswer(
    int Identifiers, long Events, long Journeys, long Aliases, long LedgerLines, long Rejections, long Remaining, IReadOnlyList<string> Creators);
