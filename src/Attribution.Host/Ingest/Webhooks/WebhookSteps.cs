using System.Text;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Ingest.Webhooks.WooCommerce;
using Attribution.Storage.Access;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>
/// Steps of <c>POST /v1/webhooks/{vendor}/{source}</c> in <see cref="IngestPipeline"/>. A signed delivery is answered
/// with 202 even when no event can be made of it, since the shop would send the same again; it is stored as a
/// rejection. 401 means that the signature is not the shop's, 503 that the shop should send again.
/// </summary>
/// <remarks>
/// A delivery that arrives twice becomes the same events with the same ids, and events are recognized by their ids.
/// There is no other memory of deliveries.
/// </remarks>
internal sealed class WebhookSteps(
    WebhookVendors vendors, ApiCredentialCache keys, TimeProvider time, IOptions<IngestOptions> options)
{
    // Beyond this, a receipt is before the last one because the clock was set back.
    private const long MaxAheadMilliseconds = 1_000;

    private long lastReceipt;

    /// <summary>Finds the vendor that the address names.</summary>
    /// <exception cref="RequestRejectedException">There is no such vendor.</exception>
    public ValueTask FindVendor(IngestRequest request)
    {
        var name = (string)request.Http.Request.RouteValues["vendor"]!;
        request.Vendor = vendors.Find(name) ?? throw new RequestRejectedException(
            404, "vendor_unknown",
            $"There is no webhook vendor '{name}'{SimilarNames.Suggest(name, vendors.Names)}; supported are {string.Join(", ", vendors.Names)}.");
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads the delivery. WooCommerce's unsigned ping ends here with 200.</summary>
    /// <exception cref="RequestRejectedException">The body is too long.</exception>
    public async ValueTask ReadBodyAsync(IngestRequest request)
    {
        var http = request.Http;
        var body = await RequestBody.ReadAllAsync(http.Request, options.Value.MaxBodyBytes, request.Cancellation);
        request.Delivery = new WebhookDelivery((string)http.Request.RouteValues["source"]!, http.Request.Headers, body);
        if (request.Vendor is not WooCommerceVendor || !WooCommerceVendor.IsPing(http.Request.Headers, body)) return;
        http.Response.StatusCode = StatusCodes.Status200OK;
        request.IsAnswered = true;
    }

    /// <summary>Finds the secret that the delivery was signed with, and its brand.</summary>
    /// <exception cref="RequestRejectedException">The address has no secret.</exception>
    /// <exception cref="SignatureRejectedException">
    /// The signature is wrong, or too old or new where it states its time.
    /// </exception>
    public ValueTask VerifySignature(IngestRequest request)
    {
        var (vendor, delivery) = (request.Vendor!, request.Delivery);
        var secrets = keys.GetWebhookSecrets(vendor.Name, delivery.Source);
        if (secrets.Count == 0)
            throw new RequestRejectedException(
                404, "webhook_unknown", "No secret is known for this address; 'attribution webhooks add' adds the shop's.");
        var claim = vendor.ReadSignature(delivery.Headers);
        WebhookSecretDocument? signedWith = null;
        foreach (var secret in secrets)
        {
            var key = claim.HasTextKey ? Encoding.UTF8.GetBytes(secret.Secret) : vendor.DecodeSecret(secret.Secret);
            if (key is not null && WebhookSignature.IsValid(key, claim, delivery.Body.Span)) signedWith ??= secret;
        }

        if (signedWith is null)
        {
            throw new SignatureRejectedException(
                "signature_wrong", "The signature does not match the secret and body; compare the shop's secret with 'attribution webhooks list'.");
        }

        if (claim.SignedAt is { } at && (time.GetUtcNow() - at).Duration() > options.Value.WebhookTolerance)
        {
            throw new SignatureRejectedException(
                "signature_stale", $"It was signed more than {options.Value.WebhookTolerance} from now; only recent deliveries are accepted.");
        }

        keys.MarkSecretUsed(signedWith);
        var caller = new Caller(delivery.Source, signedWith.Brand, MaySpeakForOthers: false)
        {
            OnlyBrand = signedWith.Brand, SendsMinorUnits = signedWith.SendsMinorUnits,
        };
        request.OpenBatch(caller, NextReceipt(), EventBatch.DeliveryResolution);
        return ValueTask.CompletedTask;
    }

    /// <summary>Returns the time of receipt, later than that of every earlier delivery to this process.</summary>
    private DateTimeOffset NextReceipt()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        long last, next;
        do
        {
            last = Interlocked.Read(ref lastReceipt);
            // A clock that was set back must not hold all later receipts at one time.
            next = now > last || last - now > MaxAheadMilliseconds ? now : last + 1;
        }
        while (Interlocked.CompareExchange(ref lastReceipt, next, last) != last);
        return DateTimeOffset.FromUnixTimeMilliseconds(next);
    }

    /// <summary>
    /// Maps the delivery to events. A part without an event becomes a rejection with the redacted delivery.
    /// </summary>
    public static ValueTask MapDelivery(IngestRequest request)
    {
        var (vendor, delivery) = (request.Vendor!, request.Delivery with { ReceivedAt = request.Context.ReceivedAt });
        var redacted = default(byte[]);
        request.Mapped =
        [
            .. Map(vendor, delivery).Select(mapped =>
                mapped.Fault is null ? mapped : mapped with { Sent = redacted ??= vendor.RedactPayload(delivery) }),
        ];
        foreach (var mapped in request.Mapped)
            foreach (var fault in mapped.LeftOut)
                request.Batch.Note(ValidationResult.NoteLeftOut(fault, mapped.OrderId, new { webhook = vendor.Name, orderId = mapped.OrderId }));
        return ValueTask.CompletedTask;
    }

    /// <summary>Maps a delivery, or the reason for which it cannot be mapped.</summary>
    public static IReadOnlyList<MappedEvent> Map(IWebhookVendor vendor, WebhookDelivery delivery)
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
            var fault = new EventFault(RejectionReason.OutOfRange, "", "The sum of the amounts is out of range.");
            return [MappedEvent.Reject(fault)];
        }
    }
}
