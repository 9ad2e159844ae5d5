using System.ComponentModel;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.WebhookSubscriptions;
using Attribution.Storage.Access;
using Attribution.Storage.WebhookSubscriptions;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoints below <c>/v1/webhook-subscriptions</c>: receivers of a brand's webhooks.</summary>
internal static class WebhookSubscriptionEndpoints
{
    private const string Route = "/v1/webhook-subscriptions";
    private const string IdDescription = "Id of the subscription.";
    private const int MaxDeliveries = 500;

    public static void MapWebhookSubscriptions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").RequireScope(KeyScopes.Admin).WithTags("Webhook subscriptions");
        group.MapPost(Route, async (
                HttpContext http, CallerCatalog source, WebhookSubscriptionCommands commands, CancellationToken cancellation) =>
                (await JsonRequest.ReadAsync<WebhookSubscriptionRequest>(http.Request, cancellation))
                    .TryGet(out var request, out var problem)
                    ? (await commands.AddAsync(
                        request, Caller.FromContext(http), await source.RefreshAsync(cancellation), cancellation))
                        .ToResult(StatusCodes.Status201Created)
                    : problem.ToResult())
            .AllowQueryParameters()
            .WithName("AddWebhookSubscription").WithSummary("Adds a receiver of messages about what happens from now on.")
            .WithDescription("The answer contains the secret, which is not shown again.")
            .Accepts<WebhookSubscriptionRequest>("application/json").Produces<WebhookSubscriptionAnswer>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet(Route, async (HttpContext http, IWebhookSubscriptionStore store, CancellationToken cancellation) =>
            {
                var brand = Caller.FromContext(http).OnlyBrand;
                var subscriptions = await store.ListSubscriptionsAsync(cancellation);
                return ApiResults.Json(new WebhookSubscriptionsAnswer([
                    .. subscriptions.Where(subscription => brand is null || subscription.Brand == brand)
                        .Select(subscription => WebhookSubscriptionAnswer.FromDocument(subscription))]));
            })
            .AllowQueryParameters()
            .WithName("ListWebhookSubscriptions").WithSummary("Lists the subscriptions of the caller's brand, or of all brands.")
            .Produces<WebhookSubscriptionsAnswer>();
        group.MapGet(Route + "/{id}", async (
                [Description(IdDescription)] string id, HttpContext http, WebhookSubscriptionCommands commands, CancellationToken cancellation) =>
                await commands.FindAsync(id, Caller.FromContext(http), cancellation) is { } found
                    ? ApiResults.Json(WebhookSubscriptionAnswer.FromDocument(found))
                    : WebhookSubscriptionCommands.NotFound().ToResult())
            .AllowQueryParameters()
            .WithName("GetWebhookSubscription").WithSummary("Returns a subscription, without its secret.")
            .Produces<WebhookSubscriptionAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPatch(Route + "/{id}", async (
                [Description(IdDescription)] string id, HttpContext http, WebhookSubscriptionCommands commands, CancellationToken cancellation) =>
                (await JsonRequest.ReadAsync<WebhookSubscriptionChange>(http.Request, cancellation))
                    .TryGet(out var change, out var problem)
                    ? (await commands.ChangeAsync(id, change, Caller.FromContext(http), cancellation)).ToResult()
                    : problem.ToResult())
            .AllowQueryParameters()
            .WithName("ChangeWebhookSubscription").WithSummary("Changes the address, types or status of a subscription, or rotates its secret.")
            .Accepts<WebhookSubscriptionChange>("application/json").Produces<WebhookSubscriptionAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        group.MapDelete(Route + "/{id}", async (
                [Description(IdDescription)] string id, HttpContext http, WebhookSubscriptionCommands commands,
                IWebhookSubscriptionStore store, CancellationToken cancellation) =>
                await commands.FindAsync(id, Caller.FromContext(http), cancellation) is not null
                    && await store.DeleteSubscriptionAsync(id, cancellation)
                    ? Results.NoContent()
                    : WebhookSubscriptionCommands.NotFound().ToResult())
            .AllowQueryParameters()
            .WithName("DeleteWebhookSubscription").WithSummary("Deletes a subscription, its secret and its deliveries.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        MapDeliveries(group);
    }

    private static void MapDeliveries(IEndpointRouteBuilder group)
    {
        group.MapGet(Route + "/{id}/deliveries", async (
                [Description(IdDescription)] string id,
                [Description("Restricts the list to delivered, parked or replaying. If omitted, all.")] string? status,
                HttpContext http, WebhookSubscriptionCommands commands, IWebhookSubscriptionStore store, CancellationToken cancellation) =>
            {
                WebhookDeliveryStatus? only = null;
                if (status is not null)
                {
                    if (!Array.Exists(Enum.GetNames<WebhookDeliveryStatus>(), name => name.Equals(status, StringComparison.OrdinalIgnoreCase)))
                        return QueryProblem.BadParameter("status", "Must be delivered, parked or replaying").ToResult();
                    only = Enum.Parse<WebhookDeliveryStatus>(status, ignoreCase: true);
                }
                if (await commands.FindAsync(id, Caller.FromContext(http), cancellation) is null)
                    return WebhookSubscriptionCommands.NotFound().ToResult();
                var deliveries = await store.ListDeliveriesAsync(id, only, MaxDeliveries, cancellation);
                return ApiResults.Json(new WebhookDeliveriesAnswer([.. deliveries.Select(WebhookDeliveryAnswer.FromDocument)]));
            })
            .AllowQueryParameters("status")
            .WithName("ListWebhookDeliveries").WithSummary("Lists outcomes of messages, latest first; at most 500.")
            .WithDescription(
                $"The last {IWebhookSubscriptionStore.KeptDeliveries} delivered messages are kept. Parked messages are kept until they are replayed.")
            .Produces<WebhookDeliveriesAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost(Route + "/{id}/replay", async (
                [Description(IdDescription)] string id,
                [Description("Id of a parked message. If omitted, all parked messages of the subscription.")] string? message,
                HttpContext http, WebhookSubscriptionCommands commands, IWebhookSubscriptionStore store, CancellationToken cancellation) =>
                await commands.FindAsync(id, Caller.FromContext(http), cancellation) is null
                    ? WebhookSubscriptionCommands.NotFound().ToResult()
                    : ApiResults.Json(new WebhookReplayAnswer(await store.ReplayDeliveriesAsync(id, message, cancellation))))
            .AllowQueryParameters("message")
            .WithName("ReplayWebhooks").WithSummary("Sends parked messages again, each once, with the same id.")
            .Produces<WebhookReplayAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
    }
}
