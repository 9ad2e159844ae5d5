using System.Text;
using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Stripe: the header <c>Stripe-Signature: t=seconds,v1=hex,…</c> signs the time, a dot and the body. The body states
/// the type.
/// </summary>
internal sealed class StripeVendor : IWebhookVendor
{
    private const string Header = "Stripe-Signature";

    public string Name => "stripe";

    public byte[]? DecodeSecret(string secret) => Encoding.UTF8.GetBytes(secret);

    public SignatureClaim ReadSignature(IHeaderDictionary headers) => SignatureSchemes.ReadTimed(headers, Header);

    public IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery)
    {
        var stripeEvent = WebhookPayload.Parse(delivery.Body);
        var type = stripeEvent.RequiredText("type");
        var subject = stripeEvent.RequiredObject("data").RequiredObject("object");
        var at = stripeEvent.UnixTime("created")
            ?? throw stripeEvent.Unmappable(
                RejectionReason.MemberMissing, "created", "is missing from Stripe's event.");
        if (!stripeEvent.Boolean("livemode"))
            throw stripeEvent.Unmappable(RejectionReason.NotCounted, "livemode", "is false: the event is a test.");
        return type switch
        {
            "checkout.session.completed" => MapSession(at),
            "checkout.session.async_payment_succeeded" => MapSession(StripeCheckout.GetPlacedAt(subject, at)),
            // A session without payment is not an order yet, or will never be one: a state, not a fault.
            "checkout.session.async_payment_failed" or "checkout.session.expired" => [],
            "invoice.paid" or "invoice.payment_succeeded" => StripeInvoice.MapPaid(delivery, at, subject),
            "invoice_payment.paid" => StripeInvoice.MapPayment(delivery, at, subject),
            "charge.succeeded" or "payment_intent.succeeded" => StripeInvoice.MapCharge(delivery, at, subject),
            "refund.created" or "refund.updated" or "refund.failed" or "charge.refund.updated" =>
                StripeRefund.MapRefund(delivery, at, subject),
            "charge.refunded" => StripeRefund.MapChargeRefunds(delivery, at, subject),
            "charge.dispute.closed" or "charge.dispute.created" or "charge.dispute.updated"
                or "charge.dispute.funds_withdrawn" or "charge.dispute.funds_reinstated" =>
                StripeRefund.MapDispute(delivery, at, subject),
            _ => throw stripeEvent.Unmappable(
                RejectionReason.TopicUnknown, "type",
                $"'{type}' is not supported; choose checkout.session.completed, checkout.session.async_payment_succeeded, "
                + "invoice.paid, invoice_payment.paid, refund.created, refund.updated, refund.failed and charge.dispute.closed."),
        };

        IReadOnlyList<MappedEvent> MapSession(DateTimeOffset placedAt) => StripeCheckout.IsPaid(subject)
            ? StripeCheckout.MapOrder(delivery, stripeEvent.RequiredText("id"), placedAt, subject)
            : [];
    }

    public byte[] RedactPayload(WebhookDelivery delivery) => PayloadRedactor.Redact(Name, "", delivery.Body);
}
