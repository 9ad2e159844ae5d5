using Attribution.Contracts;
using Attribution.Core.Values;
using static Attribution.Core.Events.EventMember;

namespace Attribution.Core.Events;

/// <summary>A reader of redemptions, conversions, refunds and payments.</summary>
internal static class ConversionReader
{
    /// <summary>Reads a redemption.</summary>
    public static ReportedConversion ReadRedemption<TFields>(ref TFields json, EventHeader header)
        where TFields : struct, IEventFields, allows ref struct
    {
        var order = json.ReadRequiredText(OrderId, EventLimits.Id);
        if (!json.HasValue(Codes)) json.RejectMissing(Codes);
        return ReadReportedConversion(ref json, header, ConversionKind.Order, order);
    }

    /// <summary>Reads a conversion; null after a fault of its kind.</summary>
    public static ReportedConversion? ReadConversion<TFields>(ref TFields json, EventHeader header)
        where TFields : struct, IEventFields, allows ref struct
    {
        var kind = json.ReadKeyword(Kind, "order", "signup", "lead") switch
        {
            "order" => ConversionKind.Order,
            "signup" => ConversionKind.Signup,
            "lead" => ConversionKind.Lead,
            _ => default,
        };
        if (kind == default)
        {
            json.RejectMissing(Kind, "order", "signup", "lead");
            return null;
        }
        var (required, excluded) = kind == ConversionKind.Order ? (OrderId, ConversionId) : (ConversionId, OrderId);
        if (json.HasValue(excluded))
            json.Reject(
                RejectionReason.MemberNotAllowed, excluded,
                $"is not allowed for this kind, which is identified by {EventMembers.Names[(int)required]} only.");
        if (kind != ConversionKind.Order) RejectMembersOfOrders(ref json);
        return ReadReportedConversion(ref json, header, kind, json.ReadRequiredText(required, EventLimits.Id));
    }

    private static void RejectMembersOfOrders<TFields>(ref TFields json)
        where TFields : struct, IEventFields, allows ref struct
    {
        foreach (var (member, detail) in ((EventMember, string)[])[
            (RefundIds, "only orders have refunds."), (Subscription, "only orders belong to subscriptions."), (Renewal, "only orders are renewals."),
            (Lines, "only orders have lines.")])
            if (json.HasValue(member)) json.Reject(RejectionReason.MemberNotAllowed, member, $"is not allowed for this kind: {detail}");
    }

    private static ReportedConversion ReadReportedConversion<TFields>(
        ref TFields json, EventHeader header, ConversionKind kind, string conversionId)
        where TFields : struct, IEventFields, allows ref struct
    {
        var codes = json.ReadList(Codes, EventListRule.Codes);
        var (currency, gross, discount, taxAndShipping) = ReadAmounts(ref json);

        // Amounts are reported completely or not at all, so that a conversion never has amounts in two currencies.
        var hasMoney = currency is not null || kind == ConversionKind.Order;
        if (hasMoney && currency is null) json.RejectMissing(EventMember.Currency);
        if (hasMoney && gross is null) json.RejectMissing(Gross);
        CheckDiscount(ref json, discount, gross);
        var stateAt = ReadStateAt(ref json, header);
        var refundIds = json.ReadList(RefundIds, EventListRule.RefundIds);
        if (refundIds is not null && stateAt is null) json.RejectMissing(StateAt);

        return new ReportedConversion
        {
            Id = header.Id,
            Brand = header.Brand,
            At = header.At,
            Kind = kind,
            ConversionId = conversionId,
            Currency = currency?.Code,
            Gross = gross,
            Discount = discount,
            TaxAndShipping = taxAndShipping,
            Codes = codes,
            CustomerKey = ReadCustomerKey(ref json),
            IsNewCustomer = json.ReadFlag(IsNewCustomer),
            VisitorId = json.ReadText(VisitorId, EventLimits.Id),
            ClickId = json.ReadText(ClickId, EventLimits.Id),
            StateAt = stateAt,
            ReceivedAt = stateAt is null ? null : header.ReceivedAt,
            RefundIds = refundIds,
            SubscriptionId = json.ReadText(Subscription, EventLimits.Id),
            IsRenewal = json.ReadFlag(Renewal),
            Lines = LinesReader.ReadOrderLines(ref json, currency, gross, discount),
        };
    }

    /// <summary>Reads a refund.</summary>
    public static ReportedRefund ReadRefund<TFields>(ref TFields json, EventHeader header)
        where TFields : struct, IEventFields, allows ref struct
    {
        var order = json.ReadRequiredText(OrderId, EventLimits.Id);
        var refund = json.ReadRequiredText(RefundId, EventLimits.Id);
        var kind = json.ReadKeyword(Kind, "refund", "cancel", "chargeback") switch
        {
            "refund" => RefundKind.Refund,
            "cancel" => RefundKind.Cancel,
            "chargeback" => RefundKind.Chargeback,
            _ => default,
        };
        if (kind == default) json.RejectMissing(Kind, "refund", "cancel", "chargeback");
        var currency = json.ReadCurrency(EventMember.Currency);
        var amount = json.ReadMoney(Amount, currency);
        var isVoid = json.ReadFlag(EventMember.Void) == true;
        if (kind != RefundKind.Cancel && !isVoid)
        {
            if (currency is null) json.RejectMissing(EventMember.Currency);
            if (amount is null) json.RejectMissing(Amount);
            if (amount == 0)
                json.Reject(RejectionReason.OutOfRange, Amount, "must be above 0; only a cancel or void may have no amount.");
        }
        var stateAt = ReadStateAt(ref json, header);
        var isOfTotal = json.ReadKeyword(Basis, "goods", "total") == "total";
        return new ReportedRefund
        {
            Id = header.Id,
            Brand = header.Brand,
            At = header.At,
            OrderId = order,
            RefundId = refund,
            Kind = kind,
            Currency = currency?.Code,
            Amount = amount,
            IsVoid = isVoid,
            IsOfTotal = isOfTotal,
            StateAt = stateAt,
            ReceivedAt = stateAt is null && !isVoid ? null : header.ReceivedAt,
            Lines = LinesReader.ReadRefundLines(ref json, currency, amount),
        };
    }

    /// <summary>Reads a payment.</summary>
    public static ReportedPayment ReadPayment<TFields>(ref TFields json, EventHeader header)
        where TFields : struct, IEventFields, allows ref struct
    {
        var order = json.ReadRequiredText(OrderId, EventLimits.Id);
        var payment = json.ReadRequiredText(PaymentId, EventLimits.Id);
        var (currency, gross, discount, taxAndShipping) = ReadAmounts(ref json);
        if (currency is not null && gross is null) json.RejectMissing(Gross);
        CheckDiscount(ref json, discount, gross);
        return new ReportedPayment
        {
            Id = header.Id,
            Brand = header.Brand,
            At = header.At,
            OrderId = order,
            PaymentId = payment,
            Currency = currency?.Code,
            Gross = gross ?? 0,
            Discount = discount ?? 0,
            TaxAndShipping = taxAndShipping ?? 0,
            IsRenewal = json.ReadFlag(Renewal) != false,
        };
    }

    /// <summary>Reads the amounts of an order or payment; those that are absent are null.</summary>
    private static (Currency? Currency, long? Gross, long? Discount, long? TaxAndShipping) ReadAmounts<TFields>(ref TFields json)
        where TFields : struct, IEventFields, allows ref struct
    {
        var currency = json.ReadCurrency(EventMember.Currency);
        var gross = json.ReadMoney(Gross, currency);
        var discount = json.ReadMoney(Discount, currency);
        var (tax, shipping) = (json.ReadMoney(Tax, currency), json.ReadMoney(Shipping, currency));
        return (currency, gross, discount, tax is null && shipping is null ? null : (tax ?? 0) + (shipping ?? 0));
    }

    private static void CheckDiscount<TFields>(ref TFields json, long? discount, long? gross)
        where TFields : struct, IEventFields, allows ref struct
    {
        if (discount > gross)
            json.Reject(RejectionReason.DiscountAboveGross, Discount, "must not be greater than gross.");
    }

    /// <summary>Reads the time of the reported state. A time in the future would outrank every later report.</summary>
    private static Timestamp? ReadStateAt<TFields>(ref TFields json, EventHeader header)
        where TFields : struct, IEventFields, allows ref struct
    {
        var stateAt = json.ReadTime(StateAt);
        if (stateAt - header.ReceivedAt > EventLimits.MaxClockSkew)
            json.Reject(RejectionReason.TooEarly, StateAt, "is more than a day after the event was received.");
        return stateAt;
    }

    private static string? ReadCustomerKey<TFields>(ref TFields json)
        where TFields : struct, IEventFields, allows ref struct
    {
        var key = json.ReadText(CustomerKey, EventLimits.Id);
        if (key is not null && EventReader.IsEmailAddress(key))
            json.Reject(
                RejectionReason.PersonalData, CustomerKey,
                "looks like an e-mail address; send a keyed hash (HMAC) of it, or your own customer id.");
        return key;
    }
}
