using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest;

/// <summary>
/// An event that the host itself composed as a contract's record. It is validated as it is and serialized once, to be
/// stored.
/// </summary>
internal abstract record TypedEvent
{
    public static implicit operator TypedEvent(ClickEvent click) => new TypedClick(click);

    public static implicit operator TypedEvent(VisitEvent visit) => new TypedVisit(visit);

    public static implicit operator TypedEvent(ConversionEvent conversion) => new TypedConversion(conversion);

    public static implicit operator TypedEvent(RefundEvent refund) => new TypedRefund(refund);

    public static implicit operator TypedEvent(PaymentEvent payment) => new TypedPayment(payment);

    public static implicit operator TypedEvent(ReferralEvent referral) => new TypedReferral(referral);

    /// <summary>Serializes the event as it is stored.</summary>
    /// <param name="keys">Hashes the customer's key and the network's token; null leaves them as they are.</param>
    /// <param name="sentLength">Length in bytes of the JSON with the key that was sent.</param>
    public abstract byte[] Serialize(CustomerKeyHasher? keys, out int sentLength);

    /// <summary>Validates the event.</summary>
    /// <param name="sentLength">Length in bytes of its JSON.</param>
    /// <param name="context">Values for events that do not state them.</param>
    public abstract EventReadResult Read(int sentLength, EventContext context);

    private sealed record TypedClick(ClickEvent Click) : TypedEvent
    {
        public override byte[] Serialize(CustomerKeyHasher? keys, out int sentLength)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(Click with { Ip = null }, ContractsJson.Default.ClickEvent);
            sentLength = json.Length;
            return json;
        }

        public override EventReadResult Read(int sentLength, EventContext context) =>
            EventReader.Read(Click, sentLength, context);
    }

    private sealed record TypedVisit(VisitEvent Visit) : TypedEvent
    {
        public override byte[] Serialize(CustomerKeyHasher? keys, out int sentLength)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(Visit with { Ip = null }, ContractsJson.Default.VisitEvent);
            sentLength = json.Length;
            return json;
        }

        public override EventReadResult Read(int sentLength, EventContext context) =>
            EventReader.Read(Visit, sentLength, context);
    }

    private sealed record TypedConversion(ConversionEvent Conversion) : TypedEvent
    {
        public override byte[] Serialize(CustomerKeyHasher? keys, out int sentLength)
        {
            if (Conversion.CustomerKey is not { } sentKey || keys is null)
            {
                var unchanged = JsonSerializer.SerializeToUtf8Bytes(Conversion, ContractsJson.Default.ConversionEvent);
                sentLength = unchanged.Length;
                return unchanged;
            }

            var storedKey = EventRedaction.RedactCustomerKey(sentKey, keys);
            var json = JsonSerializer.SerializeToUtf8Bytes(
                Conversion with { CustomerKey = storedKey }, ContractsJson.Default.ConversionEvent);
            sentLength = json.Length - EncodedLength(storedKey) + EncodedLength(sentKey);
            return json;
        }

        public override EventReadResult Read(int sentLength, EventContext context) =>
            EventReader.Read(Conversion, sentLength, context);

    }

    private static int EncodedLength(string text) => JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length;

    private sealed record TypedReferral(ReferralEvent Referral) : TypedEvent
    {
        public override byte[] Serialize(CustomerKeyHasher? keys, out int sentLength)
        {
            var stored = Referral.Token is { } sent && keys is not null ? Referral with { Token = keys.HashToken(sent) } : Referral;
            var json = JsonSerializer.SerializeToUtf8Bytes(stored, ContractsJson.Default.ReferralEvent);
            sentLength = json.Length - EncodedLength(stored.Token ?? "") + EncodedLength(Referral.Token ?? "");
            return json;
        }

        public override EventReadResult Read(int sentLength, EventContext context) =>
            EventReader.Read(Referral, sentLength, context);
    }

    private sealed record TypedRefund(RefundEvent Refund) : TypedEvent
    {
        public override byte[] Serialize(CustomerKeyHasher? keys, out int sentLength)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(Refund, ContractsJson.Default.RefundEvent);
            sentLength = json.Length;
            return json;
        }

        public override EventReadResult Read(int sentLength, EventContext context) =>
            EventReader.Read(Refund, sentLength, context);
    }

    private sealed record TypedPayment(PaymentEvent Payment) : TypedEvent
    {
        public override byte[] Serialize(CustomerKeyHasher? keys, out int sentLength)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(Payment, ContractsJson.Default.PaymentEvent);
            sentLength = json.Length;
            return json;
        }

        public override EventReadResult Read(int sentLength, EventContext context) =>
            EventReader.Read(Payment, sentLength, context);
    }
}
