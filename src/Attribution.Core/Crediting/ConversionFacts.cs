using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>What all statements and refunds of one conversion come to, before anybody is credited. Money in minor units of the brand's currency.</summary>
internal sealed record ConversionFacts
{
    public required string Key { get; init; }
    public required ConversionKind Kind { get; init; }
    public required Timestamp At { get; init; }
    public required DateOnly Day { get; init; }
    public required IReadOnlyList<string> Codes { get; init; }
    public required string? CustomerKey { get; init; }
    public required bool IsNewCustomer { get; init; }

    /// <summary>The local day of the first cancel; null when the order stands.</summary>
    public required DateOnly? CanceledOn { get; init; }

    /// <summary>The currency that there is no rate for, so that the money waits; null when there is one.</summary>
    public required string? MissingRateCurrency { get; init; }

    public required long Gross { get; init; }
    public required long Discount { get; init; }

    /// <summary>Refunds applied by local day, in order of days.</summary>
    public required ImmutableArray<DayAmount> RefundDays { get; init; }

    /// <summary>Every refund as stated, with what became of it; amounts in the order's own currency.</summary>
    public required ImmutableArray<AppliedRefund> Refunds { get; init; }

    /// <summary>How many refunds came to this.</summary>
    public int CountOf(RefundOutcome outcome)
    {
        var count = 0;
        foreach (var refund in Refunds)
            if (refund.Outcome == outcome)
                count++;
        return count;
    }

    /// <summary>The conversions of a journey by key, ordinal.</summary>
    /// <param name="journey">The journey.</param>
    /// <param name="brand">Its brand.</param>
    /// <param name="catalog">For the rates.</param>
    /// <param name="wanted">Which, by key; null: all.</param>
    public static IEnumerable<ConversionFacts> FromJourney(Journey journey, BrandSettings brand, CatalogSnapshot catalog, Func<string, bool>? wanted = null)
    {
        if (journey.ReportedConversions.IsEmpty) return [];
        return journey.ReportedConversions
            .GroupBy(IdentityRules.ConversionKey, StringComparer.Ordinal)
            .Where(group => wanted?.Invoke(group.Key) ?? true)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Merge(group.Key, [.. group], journey.ReportedRefunds.Where(refund => refund.OrderId == group.First().ConversionId), brand, catalog));
    }

    /// <summary>Time is the earliest; each member is what the greatest (time, source, id) that states it says. Statements stand in that order.</summary>
    private static ConversionFacts Merge(
        string key, List<ReportedConversion> statements, IEnumerable<ReportedRefund> refunds, BrandSettings brand, CatalogSnapshot catalog)
    {
        T? Latest<T>(Func<ReportedConversion, T?> member)
        {
            for (var i = statements.Count - 1; i >= 0; i--)
                if (member(statements[i]) is { } value)
                    return value;
            return default;
        }

        var at = statements[0].At;
        var day = brand.Calendar.DayOf(at);
        var kind = statements[^1].Kind;
        var currency = Latest(statement => statement.Currency);
        var gross = Latest(statement => statement.Currency == currency ? statement.Gross : null) ?? 0;
        var discount = Math.Min(gross, Latest(statement => statement.Currency == currency ? statement.Discount : null) ?? 0);
        var refunded = kind == ConversionKind.Order ? AppliedRefunds.Apply([.. refunds], currency, gross - discount, brand.Calendar) : AppliedRefunds.None;
        var refundDays = refunded.Days;

        var rate = currency is null ? 1 : UsableRateOrNull(catalog.FindRate(currency, brand, day), gross, Currency.Parse(currency), brand.Currency);
        if (rate is { } known && currency is not null && currency != brand.Currency.Code)
            (gross, discount, refundDays) = Convert(gross, discount, refundDays, Currency.Parse(currency), brand.Currency, known);
        else if (rate is null)
            (gross, discount, refundDays) = (0, 0, []);

        return new()
        {
            Key = key,
            Kind = kind,
            At = at,
            Day = day,
            Codes = Latest(statement => statement.Codes) ?? [],
            CustomerKey = Latest(statement => statement.CustomerKey),
            IsNewCustomer = Latest(statement => statement.IsNewCustomer) ?? false,
            CanceledOn = refunded.CanceledOn,
            MissingRateCurrency = rate is null ? currency : null,
            Gross = gross,
            Discount = discount,
            RefundDays = refundDays,
            Refunds = refunded.All,
        };
    }

    /// <summary>A rate that makes more of an amount than can be counted is as good as none: the money waits and the row says so.</summary>
    private static decimal? UsableRateOrNull(decimal? rate, long gross, Currency from, Currency to) =>
        rate is { } known && from.ToMajor(gross) * known <= to.ToMajor(Currency.MaxMinor) ? rate : null;

    /// <summary>Converts the sums, not the parts, so that what is wholly refunded is wholly refunded in both currencies.</summary>
    private static (long Gross, long Discount, ImmutableArray<DayAmount> RefundDays) Convert(
        long gross, long discount, ImmutableArray<DayAmount> refundDays, Currency from, Currency to, decimal rate)
    {
        long In(long minor) => to.ToNearestMinor(from.ToMajor(minor) * rate);
        var net = In(gross) - In(discount);
        var (sum, converted) = (0L, 0L);
        var days = ImmutableArray.CreateBuilder<DayAmount>(refundDays.Length);
        foreach (var (day, amount) in refundDays)
        {
            sum += amount;
            var upTo = sum == gross - discount ? net : Math.Min(net, In(sum));
            days.Add(new(day, upTo - converted));
            converted = upTo;
        }

        return (In(gross), In(discount), days.ToImmutable());
    }
}
