using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <content>Rules of single members, shared by the kinds.</content>
public static partial class CatalogRules
{
    /// <summary>A value as shown in a fault: never long.</summary>
    private static string Abbreviate(string value) => value.Length <= 80 ? value : value[..80] + "…";

    private static void CheckText(List<CatalogFault> faults, string pointer, string? value, int longest = MaxTextLength)
    {
        if (value is null) return;
        if (string.IsNullOrWhiteSpace(value)) faults.Add(new(TextEmpty, pointer, "Must not be empty; leave it out or null where it may be"));
        else if (value.Any(char.IsControl)) faults.Add(new(Malformed, pointer, "Must not hold control characters"));
        else if (value.Length > longest) faults.Add(new(TooLong, pointer, $"At most {longest} characters"));
    }

    private static void CheckKeyword(List<CatalogFault> faults, string pointer, string value, IReadOnlyCollection<string> known)
    {
        if (!known.Contains(value)) faults.Add(new(ValueUnknown, pointer, $"'{Abbreviate(value)}' is not one of {string.Join(", ", known)}"));
    }

    private static void CheckList<T>(List<CatalogFault> faults, string pointer, IReadOnlyList<T>? list, Action<string, T> each, int most = MaxListLength)
    {
        if (list is null) return;
        if (list.Count > most) faults.Add(new(TooLong, pointer, $"At most {most} entries"));
        else
            for (var i = 0; i < list.Count; i++) each($"{pointer}/{i}", list[i]);
    }

    private static void CheckOrigin(List<CatalogFault> faults, string pointer, string origin)
    {
        // Written as browsers write it, or it would never be met.
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.GetLeftPart(UriPartial.Authority) != origin)
            faults.Add(new(UrlInvalid, pointer, $"'{Abbreviate(origin)}' is not an origin as browsers write it: http:// or https://, a host in small letters, and a port where it is not the usual one; nothing after it"));
    }

    private static void CheckUrl(List<CatalogFault> faults, string pointer, string? value)
    {
        if (value is null) return;
        if (value.Length > MaxUrlLength) faults.Add(new(TooLong, pointer, $"At most {MaxUrlLength} characters"));
        else if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Host.Length == 0 || url.Scheme is not ("http" or "https") || value.Any(char.IsWhiteSpace) || value.Any(char.IsControl))
            faults.Add(new(UrlInvalid, pointer, "Must be an absolute http or https address, e.g. https://shop.example/spring"));
    }

    private static bool TryGetCurrency(List<CatalogFault> faults, string pointer, string code, out Currency currency)
    {
        if (Currency.TryParse(code, out currency)) return true;
        faults.Add(new(CurrencyUnknown, pointer, $"'{Abbreviate(code)}' is not an ISO 4217 currency, e.g. EUR"));
        return false;
    }

    private static void CheckMoney(List<CatalogFault> faults, string pointer, Currency currency, decimal amount)
    {
        if (currency.TryToMinor(amount, out _)) return;
        faults.Add(amount.Scale > currency.Digits
            ? new(MoneyPrecision, pointer, $"{currency.Code} has {currency.Digits} decimals; {amount} has {amount.Scale}")
            : new(OutOfRange, pointer, "The amount is too large"));
    }

    private static void CheckInterval<T>(List<CatalogFault> faults, string pointer, T? from, T? to) where T : struct, IComparable<T>
    {
        if (from is { } start && to is { } end && start.CompareTo(end) >= 0)
            faults.Add(new(IntervalEmpty, pointer, $"{pointer[1..]} must lie after {pointer[1..^2]}From: the interval holds its first instant and not its last"));
    }

    private static void CheckDays(List<CatalogFault> faults, string pointer, DateOnly? first, DateOnly? last)
    {
        if (first > last) faults.Add(new(IntervalEmpty, pointer, $"Must not lie before {first:O}: both days are inside"));
    }

    private static void CheckLookback(List<CatalogFault> faults, string pointer, LookbackItem? lookback)
    {
        Duration($"{pointer}/lookback/click", lookback?.Click);
        Duration($"{pointer}/lookback/visit", lookback?.Visit);

        void Duration(string pointer, string? text)
        {
            if (text is null) return;
            if (!IsoDuration.TryParse(text, out var length))
                faults.Add(new(DurationInvalid, pointer, $"'{Abbreviate(text)}' is not an ISO 8601 duration of days, hours, minutes and seconds such as P30D or PT30M; months and years have no fixed length"));
            else if (length <= TimeSpan.Zero || length > MaxLookback)
                faults.Add(new(DurationInvalid, pointer, $"Must be above zero and at most P{MaxLookback.Days}D"));
        }
    }

    private static void CheckUtm(List<CatalogFault> faults, string pointer, UtmItem utm, bool patterns)
    {
        (string Name, string? Value)[] members =
            [("source", utm.Source), ("medium", utm.Medium), ("campaign", utm.Campaign), ("content", utm.Content), ("term", utm.Term), ("id", utm.Id)];
        if (members.All(member => member.Value is null))
            faults.Add(new(MatchEmpty, pointer, "Name at least one of source, medium, campaign, content, term, id"));
        foreach (var (name, value) in members)
        {
            if (value is null) continue;
            CheckText(faults, $"{pointer}/{name}", value);
            var star = value.IndexOf('*', StringComparison.Ordinal);
            if (star < 0) continue;
            if (!patterns) faults.Add(new(PatternInvalid, $"{pointer}/{name}", "A link's own parameters are exact: no *. Write a utm-rule for a pattern"));
            else if (star != value.Length - 1) faults.Add(new(PatternInvalid, $"{pointer}/{name}", "A * may stand only at the end, once, and makes the value a prefix"));
        }
    }
}
