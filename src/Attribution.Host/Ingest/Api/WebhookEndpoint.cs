using System.Collections.Frozen;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Host.Ingest.Webhooks.Generic;
using Attribution.Host.Ingest.Webhooks.Shopify;
using Attribution.Host.Ingest.Webhooks.Stripe;
using Attribution.Host.Ingest.Webhooks.WooCommerce;
using Attribution.Storage.Access;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest.Api;

/// <summary>
/// <c>POST /v1/webhooks/{vendor}/{source}</c>: check the signature over the body as it came, map it, judge the events like any others, keep
/// them, answer. What the shop signed is answered with 202 though no event could be made of it, since it would send the same again; that is
/// kept as a rejection. 401: not proven to be the shop's. 503: send again.
/// </summary>
/// <remarks>
/// A delivery that comes twice becomes the same events with the same ids, and events are recognised by their ids wherever they came
/// from: that is the memory of deliveries, and there is no other.
/// </remarks>
internal sealed class WebhookEndpoint(
    WebhookVendors vendors, ApiCredentialCache keys, EventValidator door, BatchWriter gatherer, TimeProvider time, IOptions<IngestOptions> options, IngestMetrics metrics)
{
    /// <summary>Takes a delivery.</summary>
    public Task PostAsync(HttpContext http, string vendor, string source) => IngestResponses.ExecuteAsync(http, () => HandleAsync(http, vendor, source));

    private async Task HandleAsync(HttpContext http, string vendorName, string source)
    {
        if (vendors.Find(vendorName) is not { } vendor)
            throw new RequestRejectedException(404, "vendor_unknown", $"There is no webhook of '{vendorName}'{SimilarNames.Suggest(vendorName, vendors.Names)}; there are {string.Join(", ", vendors.Names)}.");
        var body = await RequestBody.ReadAllAsync(http.Request, options.Value.MaxBodyBytes, http.RequestAborted);
        if (vendor is WooCommerceVendor && WooCommerceVendor.IsPing(http.Request.Headers, body))
        {
            http.Response.StatusCode = StatusCodes.Status200OK;
            return;
        }

        var delivery = new WebhookDelivery(source, http.Request.Headers, body);
        var secret = VerifySignature(vendor, delivery);
        var caller = new Caller(source, secret.Brand, MaySpeakForOthers: false) { OnlyBrand = secret.Brand };
        var (batch, context) = new BatchFactory(caller, time, options.Value.Horizon).CreateBatch();
        var results = new EventResults(options.Value.MaxEvents);
        var kept = default(byte[]);
        foreach (var mapped in MapDelivery(vendor, delivery))
        {
            var sent = mapped.Event ?? (kept ??= vendor.RedactPayload(delivery));
            var verdict = await door.ValidateAsync(mapped, sent, caller, context, http.RequestAborted);
            batch.Add(verdict);
            results.Add(verdict);
        }

        await IngestResponses.WriteResultsAsync(http, await gatherer.KeepAsync(batch), results, metrics);
    }

    /// <summary>The secret that the delivery was signed with, within the window where the signature says when.</summary>
    private WebhookSecretDocument VerifySignature(IWebhookVendor vendor, WebhookDelivery delivery)
    {
        var secrets = keys.GetWebhookSecrets(vendor.Name, delivery.Source);
        if (secrets.Count == 0)
            throw new RequestRejectedException(
                404, "webhook_unknown", "No secret is known for this address; 'attribution webhooks add' adds the shop's.");
        var claim = vendor.ReadSignature(delivery.Headers);
        WebhookSecretDocument? signedWith = null;
        foreach (var secret in secrets)
        {
            if (vendor.DecodeSecret(secret.Secret) is { } key && WebhookSignature.IsValid(key, claim, delivery.Body.Span)) signedWith ??= secret;
        }

        if (signedWith is null)
            throw new SignatureRejectedException("signature_wrong", "The signature is of another secret or another body; compare the shop's secret with 'attribution webhooks list'.");
        if (claim.SignedAt is { } at && (time.GetUtcNow() - at).Duration() > options.Value.WebhookTolerance)
            throw new SignatureRejectedException("signature_stale", $"It was signed more than {options.Value.WebhookTolerance} from now; only fresh deliveries are taken.");
        keys.MarkSecretUsed(signedWith);
        return signedWith;
    }

    private static IReadOnlyList<MappedEvent> MapDelivery(IWebhookVendor vendor, WebhookDelivery delivery)
    {
        try
        {
            return vendor.Map(delivery);
        }
        catch (UnmappableDeliveryException e)
        {
            return [MappedEvent.Reject(e.Fault)];
        }
        catch (OverflowException)
        {
            return [MappedEvent.Reject(new EventFault(RejectionReason.OutOfRange, "", "The amounts add up to more than can be counted."))];
        }
    }
}

/// <summary>The vendors by name.</summary>
internal sealed class WebhookVendors(IOptions<IngestOptions> options)
{
    private readonly FrozenDictionary<string, IWebhookVendor> vendors = ((IWebhookVendor[])
        [new ShopifyVendor(), new WooCommerceVendor(), new StripeVendor(), new GenericVendor(options.Value.MaxEvents)]).ToFrozenDictionary(vendor => vendor.Name);

    /// <summary>What they are called in addresses.</summary>
    public IEnumerable<string> Names => vendors.Keys.Order(StringComparer.Ordinal);

    /// <summary>The vendor of a name; null where there is none.</summary>
    public IWebhookVendor? Find(string name) => vendors.GetValueOrDefault(name);
}
