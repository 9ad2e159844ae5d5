using System.Diagnostics.CodeAnalysis;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.WebhookSubscriptions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>Adds, changes, finds and deletes webhook subscriptions of a caller's brand.</summary>
internal sealed class WebhookSubscriptionCommands(
    IWebhookSubscriptionStore store, WebhookMessageReader reader, TimeProvider time, IOptions<WebhookSubscriptionOptions> options)
{
    private const int MaxSubscriptions = 100;

    /// <summary>Adds a subscription, which receives what happens from now on.</summary>
    public async ValueTask<QueryResult<WebhookSubscriptionAnswer>> AddAsync(
        WebhookSubscriptionRequest request, Caller caller, CatalogSnapshot catalog, CancellationToken cancellation)
    {
        if (!CallerBrand.Resolve(caller, request.BrandId).TryGet(out var id, out var problem)
            || !QueryScope.FindBrand(id, catalog).TryGet(out var brand, out problem)) return problem;
        if (FindFaults(request.Url, request.Events, null) is { Count: > 0 } faults) return Invalid(faults);
        if ((await store.ListSubscriptionsAsync(cancellation)).Count >= MaxSubscriptions)
            return QueryProblem.Conflict("Too many webhook subscriptions", $"The maximum is {MaxSubscriptions}. Delete one first");
        var subscription = new WebhookSubscriptionDocument
        {
            Id = RandomText.CreateId(), Brand = brand.Id, Url = request.Url, Events = Order(request.Events ?? WebhookEventTypes.All),
            Secret = WebhookSecretRequest.GenerateSecret(), CreatedAt = Now(), Position = await reader.ReadEndAsync(brand.Id, cancellation),
        };
        await store.AddSubscriptionAsync(subscription, cancellation);
        return WebhookSubscriptionAnswer.FromDocument(subscription, showsSecret: true);
    }

    /// <summary>Changes a subscription. A changed address or status makes the next attempt due immediately.</summary>
    public async ValueTask<QueryResult<WebhookSubscriptionAnswer>> ChangeAsync(
        string id, WebhookSubscriptionChange change, Caller caller, CancellationToken cancellation)
    {
        if (FindFaults(change.Url, change.Events, change.Status) is { Count: > 0 } faults) return Invalid(faults);
        while (await FindAsync(id, caller, cancellation) is { } subscription)
        {
            var isRotated = change.RotateSecret == true;
            var changed = isRotated ? WebhookSecrets.Rotate(subscription, Now()) : subscription;
            changed = changed with
            {
                Url = change.Url ?? changed.Url, Events = change.Events is { } events ? Order(events) : changed.Events,
                Status = change.Status switch
                {
                    null => changed.Status, "paused" => WebhookSubscriptionStatus.Paused, _ => WebhookSubscriptionStatus.Active,
                },
                Retry = change.Url is null && change.Status is null ? changed.Retry
                    : changed.Retry is { } retry ? retry with { Delay = TimeSpan.Zero } : null,
            };
            if (await store.TryReplaceSubscriptionAsync(changed, [], cancellation))
                return WebhookSubscriptionAnswer.FromDocument(changed, isRotated);
        }
        return NotFound();
    }

    /// <summary>Returns a subscription that the caller may see; null if there is none.</summary>
    public async ValueTask<WebhookSubscriptionDocument?> FindAsync(string id, Caller caller, CancellationToken cancellation) =>
        await store.FindSubscriptionAsync(id, cancellation) is { } found && (caller.OnlyBrand ?? found.Brand) == found.Brand ? found : null;

    /// <summary>Returns the problem of an id that the caller's brand does not have.</summary>
    public static QueryProblem NotFound() =>
        QueryProblem.NotFound("There is no such webhook subscription. GET /v1/webhook-subscriptions lists them");

    private static QueryProblem Invalid(IReadOnlyList<CatalogFault> faults) => QueryProblem.ValidationFailed(
        StatusCodes.Status400BadRequest, "The webhook subscription is invalid", faults);

    [SuppressMessage("Design", "CA1859", Justification = "The list is stored as it is.")]
    private static IReadOnlyList<string> Order(IEnumerable<string> events) => [.. events.Distinct().Order(StringComparer.Ordinal)];

    private List<CatalogFault> FindFaults(string? url, IReadOnlyList<string>? events, string? status)
    {
        var faults = new List<CatalogFault>();
        if (url is not null && WebhookTargetClient.FindFault(url, options.Value) is { } fault)
            faults.Add(new(CatalogFaultReason.UrlInvalid, "/url", fault));
        if (events is { Count: 0 }) faults.Add(new(CatalogFaultReason.TextEmpty, "/events", "must not be empty."));
        foreach (var (index, type) in (events ?? []).Index())
            if (!WebhookEventTypes.All.Contains(type))
                faults.Add(new(
                    CatalogFaultReason.ValueUnknown, FormattableString.Invariant($"/events/{index}"),
                    $"unknown type '{type}'{SimilarNames.Suggest(type, WebhookEventTypes.All)}; the types are {string.Join(", ", WebhookEventTypes.All)}."));
        if (status is not (null or "active" or "paused"))
            faults.Add(new(CatalogFaultReason.ValueUnknown, "/status", "must be active or paused."));
        return faults;
    }

    private Timestamp Now() => Timestamp.From(time.GetUtcNow());
}
