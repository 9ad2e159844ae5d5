using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Codecs;

/// <summary>
/// The journey as a stored document. Times stand as differences to the one before, days as differences to the UTC day of their time, texts
/// that recur once, so that a touch takes some 60 bytes. A new member means a new version, and the old one must still be read.
/// </summary>
internal static class JourneyCodec
{
    private const byte Version = 1;

    /// <summary>Beside a touch's kind, which is 0 or 1.</summary>
    private const int EvidenceOnlyBit = 2;

    /// <summary>Where the limits stand beside a kind.</summary>
    private const int LimitsShift = 2;

    public static byte[] Encode(Journey journey, DocumentWriter to)
    {
        to.Clear();
        to.WriteVersion(Version);
        to.WriteId(journey.Id);
        to.WriteSharedText(journey.Brand);
        to.WriteSigned(journey.CatalogVersion);
        to.WriteList(journey.Touches, WriteTouch);
        to.WriteList(journey.EvictedTouches, WriteEvictedTouch);
        to.WriteList(journey.EvictedCounts, WriteBaseCount);
        to.WriteList(journey.ReportedConversions, WriteReportedConversion);
        to.WriteList(journey.ReportedRefunds, WriteReportedRefund);
        to.WriteList(journey.Snapshots, WritePostSnapshot);
        to.WriteList(journey.Conversions, WriteConversion);
        to.WriteList(journey.WaitingRefunds, static (to, day) => to.WriteDay(day));
        to.WriteList(journey.ExceededLinkLimits, WriteLinkLimitExceeded);
        to.WriteList(journey.PostDays, WritePostDay);
        return to.Written.ToArray();
    }

    public static Journey Decode(ReadOnlySpan<byte> document)
    {
        var from = new DocumentReader("journey", Version, document);
        var journey = new Journey
        {
            Id = from.ReadId(),
            Brand = from.ReadSharedText(),
            CatalogVersion = from.ReadSigned(),
            Touches = from.ReadList(ReadTouch),
            EvictedTouches = from.ReadList(ReadEvictedTouch),
            EvictedCounts = from.ReadList(ReadBaseCount),
            ReportedConversions = from.ReadList(ReadReportedConversion),
            ReportedRefunds = from.ReadList(ReadReportedRefund),
            Snapshots = from.ReadList(ReadPostSnapshot),
            Conversions = from.ReadList(ReadConversion),
            WaitingRefunds = from.ReadList(static (ref from) => from.ReadDay()),
            ExceededLinkLimits = from.ReadList(ReadLinkLimitExceeded),
            PostDays = from.ReadList(ReadPostDay),
        };
        from.EnsureEnd();
        return journey;
    }

    private static void WriteTouch(DocumentWriter to, Touch touch)
    {
        WriteEventId(to, touch.Id);
        to.WriteTime(touch.At);
        to.WriteCount((int)touch.Kind | (touch.IsEvidenceOnly ? EvidenceOnlyBit : 0) | ((int)touch.ExceededLimits << LimitsShift));
        to.WriteSharedText(touch.Slug);
        to.WriteFlag(touch.Utm is not null);
        if (touch.Utm is { } utm)
        {
            to.WriteSharedText(utm.Source);
            to.WriteSharedText(utm.Medium);
            to.WriteSharedText(utm.Campaign);
            to.WriteSharedText(utm.Content);
            to.WriteSharedText(utm.Term);
            to.WriteSharedText(utm.Id);
        }
        to.WriteSharedText(touch.VisitorId);
        to.WriteSharedText(touch.ClickId);
        to.WriteCount((int)touch.Label);
        to.WriteDay(touch.Day);
        WritePlacement(to, touch.Placement);
        to.WriteSharedText(touch.MatchedBy);
        to.WriteCount((int)touch.Role);
    }

    private static Touch ReadTouch(ref DocumentReader from)
    {
        var (id, at, kind) = (ReadEventId(ref from), from.ReadTime(), from.ReadInt32());
        return new()
        {
            Id = id,
            At = at,
            Kind = (TouchKind)(kind & ~EvidenceOnlyBit & ((1 << LimitsShift) - 1)),
            IsEvidenceOnly = (kind & EvidenceOnlyBit) != 0,
            ExceededLimits = (LinkLimits)(kind >> LimitsShift),
            Slug = from.ReadSharedTextOrNull(),
            Utm = from.ReadFlag()
                ? new Utm(from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull())
                : null,
            VisitorId = from.ReadSharedTextOrNull(),
            ClickId = from.ReadSharedTextOrNull(),
            Label = (TouchLabel)from.ReadInt32(),
            Day = from.ReadDay(),
            Placement = ReadPlacementOrNull(ref from),
            MatchedBy = from.ReadSharedTextOrNull(),
            Role = (TouchRole)from.ReadInt32(),
        };
    }

    private static void WriteEvictedTouch(DocumentWriter to, EvictedTouch touch)
    {
        WriteEventId(to, touch.Id);
        to.WriteTime(touch.At);
        to.WriteSharedText(touch.ClickId);
        WritePlacement(to, touch.Placement);
        to.WriteFlag(touch.IsLabeled);
    }

    private static EvictedTouch ReadEvictedTouch(ref DocumentReader from) => new(ReadEventId(ref from), from.ReadTime(), from.ReadSharedTextOrNull(), ReadPlacementOrNull(ref from), from.ReadFlag());

    private static void WriteBaseCount(DocumentWriter to, EvictedCount count)
    {
        to.WriteDay(count.Day);
        WritePlacement(to, count.Placement);
        to.WriteCount((int)count.Measure);
        to.WriteSigned(count.Count);
    }

    private static EvictedCount ReadBaseCount(ref DocumentReader from) => new(from.ReadDay(), ReadPlacement(ref from), (Measure)from.ReadInt32(), from.ReadSigned());

    private static void WriteReportedConversion(DocumentWriter to, ReportedConversion statement)
    {
        WriteEventId(to, statement.Id);
        to.WriteSharedText(statement.Brand);
        to.WriteTime(statement.At);
        to.WriteCount((int)statement.Kind | ((int)statement.ExceededLimits << LimitsShift));
        to.WriteSharedText(statement.ConversionId);
        to.WriteSharedText(statement.Currency);
        to.WriteSigned(statement.Gross);
        to.WriteSigned(statement.Discount);
        to.WriteFlag(statement.Codes is not null);
        if (statement.Codes is { } codes) to.WriteList([.. codes], WriteText);
        to.WriteSharedText(statement.CustomerKey);
        to.WriteFlag(statement.IsNewCustomer);
        to.WriteSharedText(statement.VisitorId);
        to.WriteSharedText(statement.ClickId);
    }

    private static ReportedConversion ReadReportedConversion(ref DocumentReader from)
    {
        var (id, brand, at, kind) = (ReadEventId(ref from), from.ReadSharedText(), from.ReadTime(), from.ReadInt32());
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
            Codes = from.ReadFlag() ? from.ReadList(ReadText) : null,
            CustomerKey = from.ReadSharedTextOrNull(),
            IsNewCustomer = from.ReadFlagOrNull(),
            VisitorId = from.ReadSharedTextOrNull(),
            ClickId = from.ReadSharedTextOrNull(),
        };
    }

    private static void WriteLinkLimitExceeded(DocumentWriter to, LinkLimitExceeded pair)
    {
        to.WriteCount((int)pair.Limit);
        to.WriteDay(pair.Day);
    }

    private static LinkLimitExceeded ReadLinkLimitExceeded(ref DocumentReader from) => new((LinkLimits)from.ReadInt32(), from.ReadDay());

    private static void WriteReportedRefund(DocumentWriter to, ReportedRefund refund)
    {
        WriteEventId(to, refund.Id);
        to.WriteSharedText(refund.Brand);
        to.WriteTime(refund.At);
        to.WriteSharedText(refund.OrderId);
        to.WriteSharedText(refund.RefundId);
        to.WriteCount((int)refund.Kind);
        to.WriteSharedText(refund.Currency);
        to.WriteSigned(refund.Amount);
    }

    private static ReportedRefund ReadReportedRefund(ref DocumentReader from) => new()
    {
        Id = ReadEventId(ref from),
        Brand = from.ReadSharedText(),
        At = from.ReadTime(),
        OrderId = from.ReadSharedText(),
        RefundId = from.ReadSharedText(),
        Kind = (RefundKind)from.ReadInt32(),
        Currency = from.ReadSharedTextOrNull(),
        Amount = from.ReadSignedOrNull(),
    };

    private static void WritePostSnapshot(DocumentWriter to, PostSnapshot snapshot)
    {
        WriteEventId(to, snapshot.Id);
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

    private static PostSnapshot ReadPostSnapshot(ref DocumentReader from) => new()
    {
        Id = ReadEventId(ref from),
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

    private static void WriteConversion(DocumentWriter to, Conversion conversion)
    {
        to.WriteSharedText(conversion.Key);
        to.WriteCount((int)conversion.Kind);
        to.WriteTime(conversion.At);
        to.WriteDay(conversion.Day);
        to.WriteFlag(conversion.IsCanceled);
        to.WriteFlag(conversion.IsNewCustomer);
        to.WriteSigned(conversion.Gross);
        to.WriteSigned(conversion.Discount);
        to.WriteSigned(conversion.Refunds);
        to.WriteList(conversion.RefundDays, WriteDayAmount);
        to.WriteCount(conversion.RefundsCapped);
        to.WriteCount(conversion.RefundsInOtherCurrency);
        to.WriteSharedText(conversion.MissingRateCurrency);
        to.WriteCount((int)conversion.BookModel);
        to.WriteSharedText(conversion.Terms);
        to.WriteCount(conversion.FitNumber);
        to.WriteList(conversion.Credits, WriteCredit);
        to.WriteList(conversion.Accruals, WriteAccrual);
        to.WriteList(conversion.RedeemedPlacements, WritePlacement);
        to.WriteList(conversion.MatchedBy, WriteText);
        to.WriteList(conversion.UnmatchedCodes, WriteText);
    }

    private static Conversion ReadConversion(ref DocumentReader from) => new()
    {
        Key = from.ReadSharedText(),
        Kind = (ConversionKind)from.ReadInt32(),
        At = from.ReadTime(),
        Day = from.ReadDay(),
        IsCanceled = from.ReadFlag(),
        IsNewCustomer = from.ReadFlag(),
        Gross = from.ReadSigned(),
        Discount = from.ReadSigned(),
        Refunds = from.ReadSigned(),
        RefundDays = from.ReadList(ReadDayAmount),
        RefundsCapped = from.ReadInt32(),
        RefundsInOtherCurrency = from.ReadInt32(),
        MissingRateCurrency = from.ReadSharedTextOrNull(),
        BookModel = (Model)from.ReadInt32(),
        Terms = from.ReadSharedText(),
        FitNumber = from.ReadInt32(),
        Credits = from.ReadList(ReadCredit),
        Accruals = from.ReadList(ReadAccrual),
        RedeemedPlacements = from.ReadList(ReadPlacement),
        MatchedBy = from.ReadList(ReadText),
        UnmatchedCodes = from.ReadList(ReadText),
    };

    private static void WriteCredit(DocumentWriter to, Credit credit)
    {
        to.WriteCount((int)credit.Models);
        WritePlacement(to, credit.Placement);
        to.WriteSigned(credit.Micros);
        to.WriteSigned(credit.Gross);
        to.WriteSigned(credit.Discount);
        to.WriteSigned(credit.Refunds);
        to.WriteList(credit.RefundDays, WriteDayAmount);
    }

    private static Credit ReadCredit(ref DocumentReader from) => new()
    {
        Models = (ModelSet)from.ReadInt32(),
        Placement = ReadPlacement(ref from),
        Micros = from.ReadSigned(),
        Gross = from.ReadSigned(),
        Discount = from.ReadSigned(),
        Refunds = from.ReadSigned(),
        RefundDays = from.ReadList(ReadDayAmount),
    };

    private static void WriteAccrual(DocumentWriter to, Accrual accrual)
    {
        WritePlacement(to, accrual.Placement);
        to.WriteSharedText(accrual.Agreement);
        to.WriteFlag(accrual.IsSettledPerPeriod);
        to.WriteSigned(accrual.Commission);
        to.WriteList(accrual.Reversals, WriteDayAmount);
    }

    private static Accrual ReadAccrual(ref DocumentReader from) => new()
    {
        Placement = ReadPlacement(ref from),
        Agreement = from.ReadSharedText(),
        IsSettledPerPeriod = from.ReadFlag(),
        Commission = from.ReadSigned(),
        Reversals = from.ReadList(ReadDayAmount),
    };

    private static void WritePostDay(DocumentWriter to, PostDay day)
    {
        to.WriteDay(day.Day);
        WritePlacement(to, day.Placement);
        to.WriteSharedText(day.FeeAgreement);
        to.WriteList(day.Growth, static (to, value) => to.WriteSigned(value));
    }

    private static PostDay ReadPostDay(ref DocumentReader from) => new()
    {
        Day = from.ReadDay(),
        Placement = ReadPlacementOrNull(ref from),
        FeeAgreement = from.ReadSharedTextOrNull(),
        Growth = from.ReadList(static (ref from) => from.ReadSigned()),
    };

    private static void WriteDayAmount(DocumentWriter to, DayAmount amount)
    {
        to.WriteDay(amount.Day);
        to.WriteSigned(amount.Amount);
    }

    private static DayAmount ReadDayAmount(ref DocumentReader from) => new(from.ReadDay(), from.ReadSigned());

    private static void WriteEventId(DocumentWriter to, EventId id)
    {
        to.WriteSharedText(id.Source);
        to.WriteText(id.Id);
    }

    private static EventId ReadEventId(ref DocumentReader from) => new(from.ReadSharedText(), from.ReadText());

    private static void WritePlacement(DocumentWriter to, Placement? placement)
    {
        to.WriteSharedText(placement?.Campaign);
        if (placement is not null) to.WriteSharedText(placement.Creator);
    }

    private static Placement ReadPlacement(ref DocumentReader from) => new(from.ReadSharedText(), from.ReadSharedText());

    private static Placement? ReadPlacementOrNull(ref DocumentReader from) =>
        from.ReadSharedTextOrNull() is { } campaign ? new Placement(campaign, from.ReadSharedText()) : null;

    private static void WriteText(DocumentWriter to, string text) => to.WriteSharedText(text);

    private static string ReadText(ref DocumentReader from) => from.ReadSharedText();
}
