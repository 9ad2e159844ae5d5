using Attribution.Core.Events;
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
    private const int EvidenceOnly = 2;

    /// <summary>Where the limits stand beside a kind.</summary>
    private const int Limits = 2;

    public static byte[] Encode(Journey journey, DocumentWriter to)
    {
        to.Clear();
        to.Version(Version);
        to.Id(journey.Id);
        to.Shared(journey.Brand);
        to.Signed(journey.CatalogVersion);
        to.List(journey.Touches, Touch);
        to.List(journey.Gone, Gone);
        to.List(journey.Base, Base);
        to.List(journey.Statements, Statement);
        to.List(journey.Refunds, Refund);
        to.List(journey.Snapshots, Snapshot);
        to.List(journey.Conversions, Conversion);
        to.List(journey.WaitingRefunds, static (to, day) => to.Day(day));
        to.List(journey.KeptApart, KeptApart);
        to.List(journey.PostDays, PostDay);
        return to.Written.ToArray();
    }

    public static Journey Decode(ReadOnlySpan<byte> document)
    {
        var from = new DocumentReader("journey", Version, document);
        var journey = new Journey
        {
            Id = from.Id(),
            Brand = from.Shared(),
            CatalogVersion = from.Signed(),
            Touches = from.List(Touch),
            Gone = from.List(Gone),
            Base = from.List(Base),
            Statements = from.List(Statement),
            Refunds = from.List(Refund),
            Snapshots = from.List(Snapshot),
            Conversions = from.List(Conversion),
            WaitingRefunds = from.List(static (ref from) => from.Day()),
            KeptApart = from.List(KeptApart),
            PostDays = from.List(PostDay),
        };
        from.End();
        return journey;
    }

    private static void Touch(DocumentWriter to, Touch touch)
    {
        Event(to, touch.Id);
        to.Time(touch.At);
        to.Count((int)touch.Kind | (touch.IsEvidenceOnly ? EvidenceOnly : 0) | ((int)touch.Beyond << Limits));
        to.Shared(touch.Slug);
        to.Flag(touch.Utm is not null);
        if (touch.Utm is { } utm)
        {
            to.Shared(utm.Source);
            to.Shared(utm.Medium);
            to.Shared(utm.Campaign);
            to.Shared(utm.Content);
            to.Shared(utm.Term);
            to.Shared(utm.Id);
        }
        to.Shared(touch.VisitorId);
        to.Shared(touch.ClickId);
        to.Count((int)touch.Label);
        to.Day(touch.Day);
        Placement(to, touch.Placement);
        to.Shared(touch.MatchedBy);
        to.Count((int)touch.Role);
    }

    private static Touch Touch(ref DocumentReader from)
    {
        var (id, at, kind) = (Event(ref from), from.Time(), from.Small());
        return new()
        {
            Id = id,
            At = at,
            Kind = (TouchKind)(kind & ~EvidenceOnly & ((1 << Limits) - 1)),
            IsEvidenceOnly = (kind & EvidenceOnly) != 0,
            Beyond = (LinkLimits)(kind >> Limits),
            Slug = from.SharedOrNull(),
            Utm = from.Flag()
                ? new Utm(from.SharedOrNull(), from.SharedOrNull(), from.SharedOrNull(), from.SharedOrNull(), from.SharedOrNull(), from.SharedOrNull())
                : null,
            VisitorId = from.SharedOrNull(),
            ClickId = from.SharedOrNull(),
            Label = (TouchLabel)from.Small(),
            Day = from.Day(),
            Placement = PlacementOrNull(ref from),
            MatchedBy = from.SharedOrNull(),
            Role = (TouchRole)from.Small(),
        };
    }

    private static void Gone(DocumentWriter to, GoneTouch touch)
    {
        Event(to, touch.Id);
        to.Time(touch.At);
        to.Shared(touch.ClickId);
        Placement(to, touch.Placement);
        to.Flag(touch.Labelled);
    }

    private static GoneTouch Gone(ref DocumentReader from) => new(Event(ref from), from.Time(), from.SharedOrNull(), PlacementOrNull(ref from), from.Flag());

    private static void Base(DocumentWriter to, BaseCount count)
    {
        to.Day(count.Day);
        Placement(to, count.Placement);
        to.Count((int)count.Measure);
        to.Signed(count.Count);
    }

    private static BaseCount Base(ref DocumentReader from) => new(from.Day(), Placement(ref from), (Measure)from.Small(), from.Signed());

    private static void Statement(DocumentWriter to, ConversionStatement statement)
    {
        Event(to, statement.Id);
        to.Shared(statement.Brand);
        to.Time(statement.At);
        to.Count((int)statement.Kind | ((int)statement.Beyond << Limits));
        to.Shared(statement.ConversionId);
        to.Shared(statement.Currency);
        to.Signed(statement.Gross);
        to.Signed(statement.Discount);
        to.Flag(statement.Codes is not null);
        if (statement.Codes is { } codes) to.List([.. codes], Text);
        to.Shared(statement.CustomerKey);
        to.Flag(statement.IsNewCustomer);
        to.Shared(statement.VisitorId);
        to.Shared(statement.ClickId);
    }

    private static ConversionStatement Statement(ref DocumentReader from)
    {
        var (id, brand, at, kind) = (Event(ref from), from.Shared(), from.Time(), from.Small());
        return new()
        {
            Id = id,
            Brand = brand,
            At = at,
            Kind = (ConversionKind)(kind & ((1 << Limits) - 1)),
            Beyond = (LinkLimits)(kind >> Limits),
            ConversionId = from.Shared(),
            Currency = from.SharedOrNull(),
            Gross = from.SignedOrNull(),
            Discount = from.SignedOrNull(),
            Codes = from.Flag() ? from.List(Text) : null,
            CustomerKey = from.SharedOrNull(),
            IsNewCustomer = from.FlagOrNull(),
            VisitorId = from.SharedOrNull(),
            ClickId = from.SharedOrNull(),
        };
    }

    private static void KeptApart(DocumentWriter to, KeptApart pair)
    {
        to.Count((int)pair.Limit);
        to.Day(pair.Day);
    }

    private static KeptApart KeptApart(ref DocumentReader from) => new((LinkLimits)from.Small(), from.Day());

    private static void Refund(DocumentWriter to, RefundStatement refund)
    {
        Event(to, refund.Id);
        to.Shared(refund.Brand);
        to.Time(refund.At);
        to.Shared(refund.OrderId);
        to.Shared(refund.RefundId);
        to.Count((int)refund.Kind);
        to.Shared(refund.Currency);
        to.Signed(refund.Amount);
    }

    private static RefundStatement Refund(ref DocumentReader from) => new()
    {
        Id = Event(ref from),
        Brand = from.Shared(),
        At = from.Time(),
        OrderId = from.Shared(),
        RefundId = from.Shared(),
        Kind = (RefundKind)from.Small(),
        Currency = from.SharedOrNull(),
        Amount = from.SignedOrNull(),
    };

    private static void Snapshot(DocumentWriter to, PostSnapshot snapshot)
    {
        Event(to, snapshot.Id);
        to.Shared(snapshot.Brand);
        to.Time(snapshot.At);
        to.Shared(snapshot.PostId);
        to.Shared(snapshot.Platform);
        to.Shared(snapshot.Creator);
        to.Shared(snapshot.Campaign);
        to.Signed(snapshot.Impressions);
        to.Signed(snapshot.Reach);
        to.Signed(snapshot.Likes);
        to.Signed(snapshot.Comments);
        to.Signed(snapshot.Shares);
        to.Signed(snapshot.Saves);
        to.Signed(snapshot.Views);
    }

    private static PostSnapshot Snapshot(ref DocumentReader from) => new()
    {
        Id = Event(ref from),
        Brand = from.Shared(),
        At = from.Time(),
        PostId = from.Shared(),
        Platform = from.Shared(),
        Creator = from.SharedOrNull(),
        Campaign = from.SharedOrNull(),
        Impressions = from.SignedOrNull(),
        Reach = from.SignedOrNull(),
        Likes = from.SignedOrNull(),
        Comments = from.SignedOrNull(),
        Shares = from.SignedOrNull(),
        Saves = from.SignedOrNull(),
        Views = from.SignedOrNull(),
    };

    private static void Conversion(DocumentWriter to, Conversion conversion)
    {
        to.Shared(conversion.Key);
        to.Count((int)conversion.Kind);
        to.Time(conversion.At);
        to.Day(conversion.Day);
        to.Flag(conversion.Cancelled);
        to.Flag(conversion.NewCustomer);
        to.Signed(conversion.Gross);
        to.Signed(conversion.Discount);
        to.Signed(conversion.Refunds);
        to.List(conversion.RefundDays, DayAmount);
        to.Count(conversion.RefundsCapped);
        to.Count(conversion.RefundsInOtherCurrency);
        to.Shared(conversion.RateMissing);
        to.Count((int)conversion.BookModel);
        to.Shared(conversion.Terms);
        to.Count(conversion.Fit);
        to.List(conversion.Credits, Credit);
        to.List(conversion.Accruals, Accrual);
        to.List(conversion.Redeemed, Placement);
        to.List(conversion.MatchedBy, Text);
        to.List(conversion.UnmatchedCodes, Text);
    }

    private static Conversion Conversion(ref DocumentReader from) => new()
    {
        Key = from.Shared(),
        Kind = (ConversionKind)from.Small(),
        At = from.Time(),
        Day = from.Day(),
        Cancelled = from.Flag(),
        NewCustomer = from.Flag(),
        Gross = from.Signed(),
        Discount = from.Signed(),
        Refunds = from.Signed(),
        RefundDays = from.List(DayAmount),
        RefundsCapped = from.Small(),
        RefundsInOtherCurrency = from.Small(),
        RateMissing = from.SharedOrNull(),
        BookModel = (Model)from.Small(),
        Terms = from.Shared(),
        Fit = from.Small(),
        Credits = from.List(Credit),
        Accruals = from.List(Accrual),
        Redeemed = from.List(Placement),
        MatchedBy = from.List(Text),
        UnmatchedCodes = from.List(Text),
    };

    private static void Credit(DocumentWriter to, Credit credit)
    {
        to.Count((int)credit.Models);
        Placement(to, credit.Placement);
        to.Signed(credit.Micros);
        to.Signed(credit.Gross);
        to.Signed(credit.Discount);
        to.Signed(credit.Refunds);
        to.List(credit.RefundDays, DayAmount);
    }

    private static Credit Credit(ref DocumentReader from) => new()
    {
        Models = (ModelSet)from.Small(),
        Placement = Placement(ref from),
        Micros = from.Signed(),
        Gross = from.Signed(),
        Discount = from.Signed(),
        Refunds = from.Signed(),
        RefundDays = from.List(DayAmount),
    };

    private static void Accrual(DocumentWriter to, Accrual accrual)
    {
        Placement(to, accrual.Placement);
        to.Shared(accrual.Agreement);
        to.Flag(accrual.Periodic);
        to.Signed(accrual.Commission);
        to.List(accrual.Reversals, DayAmount);
    }

    private static Accrual Accrual(ref DocumentReader from) => new()
    {
        Placement = Placement(ref from),
        Agreement = from.Shared(),
        Periodic = from.Flag(),
        Commission = from.Signed(),
        Reversals = from.List(DayAmount),
    };

    private static void PostDay(DocumentWriter to, PostDay day)
    {
        to.Day(day.Day);
        Placement(to, day.Placement);
        to.Shared(day.PaidBy);
        to.List(day.Growth, static (to, value) => to.Signed(value));
    }

    private static PostDay PostDay(ref DocumentReader from) => new()
    {
        Day = from.Day(),
        Placement = PlacementOrNull(ref from),
        PaidBy = from.SharedOrNull(),
        Growth = from.List(static (ref from) => from.Signed()),
    };

    private static void DayAmount(DocumentWriter to, DayAmount amount)
    {
        to.Day(amount.Day);
        to.Signed(amount.Amount);
    }

    private static DayAmount DayAmount(ref DocumentReader from) => new(from.Day(), from.Signed());

    private static void Event(DocumentWriter to, EventId id)
    {
        to.Shared(id.Source);
        to.Text(id.Id);
    }

    private static EventId Event(ref DocumentReader from) => new(from.Shared(), from.Text());

    private static void Placement(DocumentWriter to, Placement? placement)
    {
        to.Shared(placement?.Campaign);
        if (placement is not null) to.Shared(placement.Creator);
    }

    private static Placement Placement(ref DocumentReader from) => new(from.Shared(), from.Shared());

    private static Placement? PlacementOrNull(ref DocumentReader from) =>
        from.SharedOrNull() is { } campaign ? new Placement(campaign, from.Shared()) : null;

    private static void Text(DocumentWriter to, string text) => to.Shared(text);

    private static string Text(ref DocumentReader from) => from.Shared();
}
