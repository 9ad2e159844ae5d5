using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Attribution.Contracts.Catalog;
using Attribution.Core.Identity;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Observability;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Erasures;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting;

/// <summary>The command that removes the identifiers of a person from all stored data. Amounts and sums stay.</summary>
internal sealed class PersonEraser(
    CatalogCache source, IJourneyStore journeys, IErasureStore store, CustomerKeyHasher keys,
    IEnumerable<FileCompaction> compactions, TimeProvider time,
    IServiceProvider services)
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Erases a person. A problem of status 503 means that events of the person may still be in the spool and nothing
    /// was done.
    /// </summary>
    public async Task<QueryResult<EraseAnswer>> EraseAsync(
        EraseRequest request, Caller caller, CancellationToken cancellation)
    {
        if ((request.CustomerKey is null) == (request.VisitorId is null))
            return QueryProblem.BadRequest(
                "Not exactly one identifier", "Send exactly one of customerKey and visitorId");
        var id = (request.CustomerKey ?? request.VisitorId)!.Normalize(NormalizationForm.FormC);
        if (string.IsNullOrWhiteSpace(id))
            return QueryProblem.BadRequest("Empty identifier", "The identifier must not be empty");
        if (!CallerBrand.Resolve(caller, request.BrandId).TryGet(out var brand, out var problem)) return problem;
        var catalog = await source.RefreshAsync(cancellation);
        if (catalog.FindBrand(brand) is null)
            return QueryProblem.BadRequest("Unknown brand", $"There is no brand '{brand}'");
        if (!await WaitForDrainAsync(cancellation))
            return new QueryProblem(
                StatusCodes.Status503ServiceUnavailable, "Events are waiting in the spool",
                "They may contain identifiers of the person. Nothing was erased. Retry when they are attributed");

        var alias = request.CustomerKey is null ? IdentityRules.VisitorAlias(id)
            : IdentityRules.CustomerAlias(keys.Hash(id));
        var known = await journeys.FindByAliasAsync(new AliasKey(brand, alias), cancellation);
        var erasure = PersonErasure.Create(brand, alias, id, known?.Journey, NewToken);
        if (await store.EraseAsync(erasure, cancellation) is not { } outcome)
            return QueryProblem.Conflict("A rebuild is running",
                "It works on copies that contain identifiers of the person. Retry when it has ended");
        // The erasure is committed. Success is returned only after its bytes have also left the files, so compaction is
        // not canceled.
        foreach (var compact in compactions) await compact(CancellationToken.None);
        var creators = catalog.Items<CreatorItem>()
            .Where(creator => creator.CustomerKeys?.Any(erasure.OccursIn) == true)
            .Select(creator => creator.Id).Order(StringComparer.Ordinal).ToList();
        return new EraseAnswer(
            erasure.IdentifierCount, outcome.Events, outcome.Journeys, outcome.Aliases, outcome.LedgerLines,
            outcome.Rejections, outcome.Remaining, creators);
    }

    private async Task<bool> WaitForDrainAsync(CancellationToken cancellation)
    {
        if (services.GetService<SpoolDepth>() is not { } depth) return true;
        var startedAt = time.GetTimestamp();
        while (depth() > 0)
        {
            if (time.GetElapsedTime(startedAt) > DrainTimeout) return false;
            await Task.Delay(PollInterval, cancellation);
        }
        return true;
    }

    /// <summary>Returns a token of 128 random bits.</summary>
    private static string NewToken() => "x-" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}

/// <summary>A request to erase a person. Exactly one identifier is required.</summary>
/// <param name="CustomerKey">Customer key of the person.</param>
/// <param name="VisitorId">A visitor id of the person.</param>
/// <param name="BrandId">The brand. Defaults to the brand of the key, otherwise to <c>default</c>.</param>
internal sealed record EraseRequest(string? CustomerKey = null, string? VisitorId = null, string? BrandId = null);

/// <summary>The result of an erasure.</summary>
/// <param name="Identifiers">Number of visitor ids, customer keys and click ids of the person.</param>
/// <param name="Events">Number of archived events from which identifiers were removed.</param>
/// <param name="Journeys">Number of journeys from which identifiers were removed.</param>
/// <param name="Aliases">Number of deleted aliases.</param>
/// <param name="LedgerLines">Number of ledger lines whose cause contained an identifier.</param>
/// <param name="Rejections">Number of deleted rejected events.</param>
/// <param name="Remaining">
/// Number of archived events that still contain an identifier, for example within an order id; expected 0.
/// </param>
/// <param name="Creators">
/// Creators whose <c>customerKeys</c> in the catalog contain an identifier. The catalog and its history are not
/// changed.
/// </param>
internal sealed record EraseAnswer(
    int Identifiers, long Events, long Journeys, long Aliases, long LedgerLines, long Rejections, long Remaining,
    IReadOnlyList<string> Creators);
