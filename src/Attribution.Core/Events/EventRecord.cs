using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>
/// A typed event as members for <see cref="EventReader"/>. Answers exactly as <see cref="EventJson"/> does for the
/// record's JSON.
/// </summary>
internal struct EventRecord : IEventFields
{
    private readonly string type;
    private readonly object?[] values;

    private EventRecord(string type, ReadOnlySpan<(EventMember Member, object? Value)> members)
    {
        (this.type, values) = (type, new object?[EventMembers.Count]);
        foreach (var (member, value) in members) values[(int)member] = value;
    }

    private List<EventFault>? leftOut;

    /// <inheritdoc/>
    public EventFault? Fault { get; private set; }

    /// <inheritdoc/>
    public readonly IReadOnlyList<EventFault> LeftOut => leftOut ?? (IReadOnlyList<EventFault>)[];

    public static EventRecord From(ClickEvent click) => new(click.Type,
    [
        (EventMember.Id, click.Id), (EventMember.OccurredAt, click.OccurredAt), (EventMember.Source, click.Source), (EventMember.BrandId, click.BrandId),
        (EventMember.Link, click.Link), (EventMember.VisitorId, click.VisitorId), (EventMember.ClickId, click.ClickId),
        (EventMember.Referrer, click.Referrer), (EventMember.UserAgent, click.UserAgent), (EventMember.Ip, click.Ip), (EventMember.Label, click.Label),
    ]);

    public static EventRecord From(VisitEvent visit) => new(visit.Type,
    [
        (EventMember.Id, visit.Id), (EventMember.OccurredAt, visit.OccurredAt), (EventMember.Source, visit.Source), (EventMember.BrandId, visit.BrandId),
        (EventMember.Url, visit.Url), (EventMember.VisitorId, visit.VisitorId), (EventMember.ClickId, visit.ClickId),
        (EventMember.Referrer, visit.Referrer), (EventMember.UserAgent, visit.UserAgent), (EventMember.Ip, visit.Ip), (EventMember.Label, visit.Label),
    ]);

    public static EventRecord From(ConversionEvent order) => new(order.Type,
    [
        (EventMember.Id, order.Id), (EventMember.OccurredAt, order.OccurredAt), (EventMember.Source, order.Source), (EventMember.BrandId, order.BrandId),
        (EventMember.Kind, order.Kind), (EventMember.OrderId, order.OrderId), (EventMember.ConversionId, order.ConversionId),
        (EventMember.Currency, order.Currency), (EventMember.Gross, order.Gross), (EventMember.Discount, order.Discount),
        (EventMember.Tax, order.Tax), (EventMember.Shipping, order.Shipping), (EventMember.Codes, order.Codes),
        (EventMember.CustomerKey, order.CustomerKey), (EventMember.IsNewCustomer, order.IsNewCustomer),
        (EventMember.VisitorId, order.VisitorId), (EventMember.ClickId, order.ClickId),
        (EventMember.StateAt, order.StateAt), (EventMember.RefundIds, order.RefundIds),
        (EventMember.Subscription, order.Subscription), (EventMember.Renewal, order.Renewal), (EventMember.Lines, order.Lines),
    ]);

    public static EventRecord From(RefundEvent refund) => new(refund.Type,
    [
        (EventMember.Id, refund.Id), (EventMember.OccurredAt, refund.OccurredAt), (EventMember.Source, refund.Source), (EventMember.BrandId, refund.BrandId),
        (EventMember.OrderId, refund.OrderId), (EventMember.RefundId, refund.RefundId), (EventMember.Kind, refund.Kind),
        (EventMember.Currency, refund.Currency), (EventMember.Amount, refund.Amount),
        (EventMember.Void, refund.Void), (EventMember.StateAt, refund.StateAt), (EventMember.Basis, refund.Basis), (EventMember.Lines, refund.Lines),
    ]);

    public static EventRecord From(PaymentEvent payment) => new(payment.Type,
    [
        (EventMember.Id, payment.Id), (EventMember.OccurredAt, payment.OccurredAt), (EventMember.Source, payment.Source),
        (EventMember.BrandId, payment.BrandId),
        (EventMember.OrderId, payment.OrderId), (EventMember.PaymentId, payment.PaymentId),
        (EventMember.Currency, payment.Currency), (EventMember.Gross, payment.Gross), (EventMember.Discount, payment.Discount),
        (EventMember.Tax, payment.Tax), (EventMember.Shipping, payment.Shipping), (EventMember.Renewal, payment.Renewal),
    ]);

    public static EventRecord From(ReferralEvent referral) => new(referral.Type,
    [
        (EventMember.Id, referral.Id), (EventMember.OccurredAt, referral.OccurredAt), (EventMember.Source, referral.Source),
        (EventMember.BrandId, referral.BrandId),
        (EventMember.OrderId, referral.OrderId), (EventMember.Provider, referral.Provider), (EventMember.PublisherId, referral.PublisherId),
        (EventMember.ProviderCampaignId, referral.ProviderCampaignId), (EventMember.SubId, referral.SubId), (EventMember.Token, referral.Token),
        (EventMember.Parameters, referral.Parameters), (EventMember.ExpiresAt, referral.ExpiresAt), (EventMember.Verified, referral.Verified),
    ]);

    public readonly string? ReadType() => type;

    public readonly string? ReadIdAsSent(string? read) =>
        values[(int)EventMember.Id] is string { Length: > 0 } id && EventJson.Length(id) <= EventLimits.Id ? id : null;

    public readonly bool HasValue(EventMember member) => values[(int)member] is not null;

    public readonly void RejectUnknownMembers(ulong known, string type)
    {
        // A record has its type's members only.
    }

    public string? ReadText(EventMember member, int limit, bool mayBeEmpty = false)
    {
        if (ValueOf(member) is not string text) return null;
        return CheckText(text, limit, mayBeEmpty, EventFaults.Pointer(member)) ? TextNormalizer.Text(text) : null;
    }

    public void CheckOptionalText(EventMember member, int limit) => ReadText(member, limit, mayBeEmpty: true);

    public string ReadRequiredText(EventMember member, int limit) => ReadText(member, limit) ?? RejectMissing(member);

    public string? ReadKeyword(EventMember member, params ReadOnlySpan<string> words)
    {
        if (ReadText(member, EventLimits.Id) is not { } word) return null;
        if (words.Contains(word)) return word;
        Fault = EventFaults.KeywordUnknown(member, words);
        return null;
    }

    public readonly Timestamp? ReadTime(EventMember member) =>
        ValueOf(member) is DateTimeOffset time ? Timestamp.From(time) : null;

    public Timestamp ReadRequiredTime(EventMember member)
    {
        if (ReadTime(member) is { } time) return time;
        RejectMissing(member);
        return default;
    }

    public readonly bool? ReadFlag(EventMember member) => ValueOf(member) as bool?;

    public long? ReadCount(EventMember member)
    {
        if (ValueOf(member) is not long count) return null;
        if (count is >= 0 and <= EventLimits.Counter) return count;
        Fault = EventFaults.CounterOutOfRange(member);
        return null;
    }

    public Currency? ReadCurrency(EventMember member)
    {
        if (ReadText(member, int.MaxValue, mayBeEmpty: true) is not { } code) return null;
        if (Currency.TryParse(code, out var currency)) return currency;
        Fault = EventFaults.CurrencyUnknown(member);
        return null;
    }

    public long? ReadMoney(EventMember member, Currency? currency)
    {
        if (ValueOf(member) is not decimal major) return null;
        if (currency is not { } unit)
        {
            RejectMissing(EventMember.Currency);
            return null;
        }

        if (major >= 0 && unit.TryToMinor(major, out var minor)) return minor;
        Fault = EventFaults.MoneyInvalid(member, major, unit);
        return null;
    }

    public IReadOnlyList<string>? ReadList(EventMember member, EventListRule rule)
    {
        if (ValueOf(member) is not IReadOnlyList<string> sent) return null;
        var texts = new List<string>(sent.Count);
        foreach (var text in sent)
        {
            if (texts.Count == rule.MaxCount)
            {
                Fault = EventFaults.TooManyItems(member, rule);
                return null;
            }

            var pointer = $"{EventFaults.Pointer(member)}/{texts.Count}";
            if (!CheckText(text, rule.MaxLength, mayBeEmpty: false, pointer)) return null;
            texts.Add(rule.Normalize(text));
        }

        return texts;
    }

    public void LeaveOut(EventFault fault) => (leftOut ??= []).Add(fault);

    public IReadOnlyList<SentLine>? ReadLines(EventMember member)
    {
        IReadOnlyList<SentLine>? lines = ValueOf(member) switch
        {
            IReadOnlyList<OrderLine> order =>
                [.. order.Select(line => new SentLine(line.Id, line.Product, line.Category, line.Quantity, line.Goods, line.Discount))],
            IReadOnlyList<RefundLine> refund => [.. refund.Select(line => new SentLine(line.Id, line.Product, null, null, line.Amount, null))],
            _ => null,
        };
        if (lines is not { Count: > EventLimits.Lines }) return lines;
        LeaveOut(new(RejectionReason.TooLong, EventFaults.Pointer(member), $"has more than {EventLimits.Lines} lines."));
        return null;
    }

    public string RejectMissing(EventMember member, params ReadOnlySpan<string> words)
    {
        if (!HasValue(member)) Fault = EventFaults.Missing(Fault, member, words);
        return "";
    }

    public void Reject(RejectionReason reason, EventMember member, string detail) => Fault ??= EventFaults.OfMember(reason, member, detail);

    private bool CheckText(string text, int limit, bool mayBeEmpty, string pointer)
    {
        if (!mayBeEmpty && string.IsNullOrWhiteSpace(text))
            Fault = EventFaults.TextEmpty(pointer);
        else if (text.Length > limit && EventJson.Length(text) > limit)
            Fault = EventFaults.TextTooLong(pointer, limit);
        return Fault is null;
    }

    /// <summary>Returns a member's value; null when it is absent, and after a fault.</summary>
    private readonly object? ValueOf(EventMember member) => Fault is null ? values[(int)member] : null;
}
