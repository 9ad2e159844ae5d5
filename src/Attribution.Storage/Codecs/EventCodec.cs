using Attribution.Core.Events;
using Attribution.Core.Identity;

namespace Attribution.Storage.Codecs;

/// <summary>Reported events within a stored journey.</summary>
internal static class EventCodec
{
    /// <summary>The position of the exceeded limits above the kind.</summary>
    private const int LimitsShift = 2;

    /// <summary>Writes a reported conversion.</summary>
    public static void WriteReportedConversion(DocumentWriter to, ReportedConversion conversion)
    {
        ValueCodec.WriteEventId(to, conversion.Id);
        to.WriteSharedText(conversion.Brand);
        to.WriteTime(conversion.At);
        to.WriteCount((int)conversion.Kind | ((int)conversion.ExceededLimits << LimitsShift));
        to.WriteSharedText(conversion.ConversionId);
        to.WriteSharedText(conversion.Currency);
        to.WriteSigned(conversion.Gross);
        to.WriteSigned(conversion.Discount);
        to.WriteFlag(conversion.Codes is not null);
        if (conversion.Codes is { } codes) to.WriteList([.. codes], ValueCodec.WriteText);
        to.WriteSharedText(conversion.CustomerKey);
        to.WriteFlag(conversion.IsNewCustomer);
        to.WriteSharedText(conversion.VisitorId);
        to.WriteSharedText(conversion.ClickId);
    }

    /// <summary>Reads a reported conversion.</summary>
    public static ReportedConversion ReadReportedConversion(ref DocumentReader from)
    {
        var (id, brand, at, kind) = (ValueCodec.ReadEventId(ref from), from.ReadSharedText(), from.ReadTime(), from.ReadInt32());
        return new()
        {
            Id = id,
            Brand = brand,
            At = at,
            Kind = (ConversionKind)(kind & ((1 << LimitsShift) - 1)),
            ExceededLimits = (LinkLimits)(kind >> LimitsShift),
            ConversionId = from.ReadSharedText(),
            Currency = from.ReadSharedTextOrNull(),
            Gross = from.ReadSignedOrNull(),
            Discount = from.ReadSignedOrNull(),
            Codes = from.ReadFlag() ? from.ReadList(ValueCodec.ReadText) : null,
            CustomerKey = from.ReadSharedTextOrNull(),
            IsNewCustomer = from.ReadFlagOrNull(),
            VisitorId = from.ReadSharedTextOrNull(),
            ClickId = from.ReadSharedTextOrNull(),
        };
    }

    /// <summary>Writes a reported refund.</summary>
    public static void WriteReportedRefund(DocumentWriter to, ReportedRefund refund)
    {
        ValueCodec.WriteEventId(to, refund.Id);
        to.WriteSharedText(refund.Brand);
        to.WriteTime(refund.At);
        to.WriteSharedText(refund.OrderId);
        to.WriteSharedText(refund.RefundId);
        to.WriteCount((int)refund.Kind);
        to.WriteSharedText(refund.Currency);
        to.WriteSigned(refund.Amount);
    }

    /// <summary>Reads a reported refund.</summary>
    public static ReportedRefund ReadReportedRefund(ref DocumentReader from) => new()
    {
        Id = ValueCodec.ReadEventId(ref from),
        Brand = from.ReadSharedText(),
        At = from.ReadTime(),
        OrderId = from.ReadSharedText(),
        RefundId = from.ReadSharedText(),
        Kind = (RefundKind)from.ReadInt32(),
        Currency = from.ReadSharedTextOrNull(),
        Amount = from.ReadSignedOrNull(),
    };

    /// <summary>Writes a snapshot of a post.</summary>
    public static void WritePostSnapshot(DocumentWriter to, PostSnapshot snapshot)
    {
        ValueCodec.WriteEventId(to, snapshot.Id);
        to.WriteSharedText(snapshot.Brand);
        to.WriteTime(snapshot.At);
        to.WriteSharedText(snapshot.PostId);
        to.WriteSharedText(snapshot.Platform);
        to.WriteSharedText(snapshot.Creator);
        to.WriteSharedText(snapshot.Campaign);
        to.WriteSigned(snapshot.Impressions);
        to.WriteSigned(snapshot.Reach);
        to.WriteSigned(snapshot.Likes);
        to.WriteSigned(snapshot.Comments);
        to.WriteSigned(snapshot.Shares);
        to.WriteSigned(snapshot.Saves);
        to.WriteSigned(snapshot.Views);
    }

    /// <summary>Reads a snapshot of a post.</summary>
    public static PostSnapshot ReadPostSnapshot(ref DocumentReader from) => new()
    {
        Id = ValueCodec.ReadEventId(ref from),
        Brand = from.ReadSharedText(),
        At = from.ReadTime(),
        PostId = from.ReadSharedText(),
        Platform = from.ReadSharedText(),
        Creator = from.ReadSharedTextOrNull(),
        Campaign = from.ReadSharedTextOrNull(),
        Impressions = from.ReadSignedOrNull(),
        Reach = from.ReadSignedOrNull(),
        Likes = from.ReadSignedOrNull(),
        Comments = from.ReadSignedOrNull(),
        Shares = from.ReadSignedOrNull(),
        Saves = from.ReadSignedOrNull(),
        Views = from.ReadSignedOrNull(),
    };
}
