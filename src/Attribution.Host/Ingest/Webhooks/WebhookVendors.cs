using System.Collections.Frozen;
using Attribution.Host.Access;
using Attribution.Host.Ingest.Webhooks.Agentic;
using Attribution.Host.Ingest.Webhooks.Generic;
using Attribution.Host.Ingest.Webhooks.Shopify;
using Attribution.Host.Ingest.Webhooks.Stripe;
using Attribution.Host.Ingest.Webhooks.WooCommerce;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>Webhook vendors by name.</summary>
internal sealed class WebhookVendors(IOptions<IngestOptions> options)
{
    private readonly FrozenDictionary<string, IWebhookVendor> vendors = FrozenDictionary.ToFrozenDictionary<IWebhookVendor, string>(
        [
            new ShopifyVendor(), new WooCommerceVendor(), new StripeVendor(), new AgenticVendor(AgenticProtocol.Acp),
            new AgenticVendor(AgenticProtocol.Ucp), new GenericVendor(options.Value.MaxEvents),
        ],
        vendor => vendor.Name);

    /// <summary>The formats of the vendors' secrets.</summary>
    public static readonly WebhookSecretFormats SecretFormats = new(
        new WebhookVendors(Options.Create(new IngestOptions())).vendors.ToDictionary(
            pair => pair.Key, pair => (Func<string, bool>)(secret => pair.Value.DecodeSecret(secret) is { Length: > 0 }), StringComparer.Ordinal));

    /// <summary>Gets the names that addresses contain, in order.</summary>
    public IEnumerable<string> Names => vendors.Keys.Order(StringComparer.Ordinal);

    /// <summary>Returns the vendor of a name; null when there is none.</summary>
    public IWebhookVendor? Find(string name) => vendors.GetValueOrDefault(name);
}
