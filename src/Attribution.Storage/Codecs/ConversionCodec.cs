using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;

namespace Attribution.Storage.Codecs;

/// <summary>Conversions, credits and accruals within a stored journey.</summary>
internal static class ConversionCodec
{
    /// <summary>Writes a conversion.</summary>
    public static void WriteConversion(DocumentWriter to, Conversion conversion)
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
        to.WriteList(conversion.RedeemedPlacements, ValueCodec.WritePlacement);
        to.WriteList(conversion.MatchedBy, ValueCodec.WriteText);
        to.WriteList(conversion.UnmatchedCodes, ValueCodec.WriteText);
    }

    /// <summary>Reads a conversion.</summary>
    public static Conversion ReadConversion(ref DocumentReader from) => new()
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
        RedeemedPlacements = from.ReadList(ValueCodec.ReadPlacement),
        MatchedBy = from.ReadList(ValueCodec.ReadText),
        UnmatchedCodes = from.ReadList(ValueCodec.ReadText),
    };

    private static void WriteCredit(DocumentWriter to, Credit credit)
    {
        to.WriteCount((int)credit.Models);
        ValueCodec.WritePlacement(to, credit.Placement);
        to.WriteSigned(credit.Micros);
        to.WriteSigned(credit.Gross);
        to.WriteSigned(credit.Discount);
        to.WriteSigned(credit.Refunds);
        to.WriteList(credit.RefundDays, WriteDayAmount);
    }

    private static Credit ReadCredit(ref DocumentReader from) => new()
    {
        Models = (ModelSet)from.ReadInt32(),
        Placement = ValueCodec.ReadPlacement(ref from),
        Micros = from.ReadSigned(),
        Gross = from.ReadSigned(),
        Discount = from.ReadSigned(),
        Refunds = from.ReadSigned(),
        RefundDays = from.ReadList(ReadDayAmount),
    };

    private static void WriteAccrual(DocumentWriter to, Accrual accrual)
    {
        ValueCodec.WritePlacement(to, accrual.Placement);
        to.WriteSharedText(accrual.Agreement);
        to.WriteFlag(accrual.IsSettledPerPeriod);
        to.WriteSigned(accrual.Commission);
        to.WriteList(accrual.Reversals, WriteDayAmount);
    }

    private static Accrual ReadAccrual(ref DocumentReader from) => new()
    {
        Placement = ValueCodec.ReadPlacement(ref from),
        Agreement = from.ReadSharedText(),
        IsSettledPerPeriod = from.ReadFlag(),
        Commission = from.ReadSigned(),
        Reversals = from.ReadList(ReadDayAmount),
    };

    private static void WriteDayAmount(DocumentWriter to, DayAmount amount)
    {
        to.WriteDay(amount.Day);
        to.WriteSigned(amount.Amount);
    }

    private static DayAmount ReadDayAmount(ref DocumentReader from) => new(from.ReadDay(), from.ReadSigned());
}
