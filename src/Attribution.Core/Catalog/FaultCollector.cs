using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <summary>
/// A collector of an item's faults, with the checks of single values that several kinds of items share.
/// </summary>
internal sealed class FaultCollector
{
    private readonly List<CatalogFault> faults = [];

    /// <summary>Gets the faults in the order in which they were found.</summary>
    public IReadOnlyList<CatalogFault> Faults => faults;

    /// <summary>Returns a value for use in a message, truncated to 80 characters.</summary>
    public static string Abbreviate(string value) => value.Length <= 80 ? value : value[..80] + "…";

    /// <summary>Adds a fault.</summary>
    public void Add(CatalogFaultReason reason, string pointer, string detail) =>
        faults.Add(new(reason, pointer, detail));

    /// <summary>
    /// Checks that a text is not blank, has no control characters and is not too long. Null is allowed.
    /// </summary>
    public void CheckText(string pointer, string? value)
    {
        if (value is null) return;
        if (string.IsNullOrWhiteSpace(value))
            Add(TextEmpty, pointer, "Must not be empty; if it is optional, omit it or set it to null");
        else if (value.Any(char.IsControl)) Add(Malformed, pointer, "Must not contain control characters");
        else if (value.Length > CatalogRules.MaxTextLength)
            Add(TooLong, pointer, $"At most {CatalogRules.MaxTextLength} characters");
    }

    /// <summary>Checks that a value is one of a closed list.</summary>
    public void CheckKeyword(string pointer, string value, IReadOnlyCollection<string> allowed)
    {
        if (!allowed.Contains(value))
            Add(ValueUnknown, pointer, $"'{Abbreviate(value)}' is not one of {string.Join(", ", allowed)}");
    }

    /// <summary>Checks the length of a list and, if it is not too long, each entry. Null is allowed.</summary>
    public void CheckList<T>(
        string pointer, IReadOnlyList<T>? list, Action<string, T> checkEntry, int maxLength = CatalogRules.MaxListLength)
    {
        if (list is null) return;
        if (list.Count > maxLength)
        {
            Add(TooLong, pointer, $"At most {maxLength} entries");
            return;
        }
        for (var i = 0; i < list.Count; i++) checkEntry($"{pointer}/{i}", list[i]);
    }

    /// <summary>Checks that a text is an absolute http or https URL. Null is allowed.</summary>
    public void CheckUrl(string pointer, string? value)
    {
        if (value is null) return;
        if (value.Length > CatalogRules.MaxUrlLength)
            Add(TooLong, pointer, $"At most {CatalogRules.MaxUrlLength} characters");
        else if (!IsWebUrl(value))
            Add(UrlInvalid, pointer, "Must be an absolute http or https URL, e.g. https://shop.example/spring");
    }

    /// <summary>Checks that a text is the code of a currency.</summary>
    /// <returns>True if it is.</returns>
    public bool TryGetCurrency(string pointer, string code, out Currency currency)
    {
        if (Currency.TryParse(code, out currency)) return true;
        Add(CurrencyUnknown, pointer, $"'{Abbreviate(code)}' is not an ISO 4217 currency, e.g. EUR");
        return false;
    }

    /// <summary>Checks that an amount can be stored in minor units of its currency.</summary>
    public void CheckMoney(string pointer, Currency currency, decimal amount)
    {
        if (currency.TryToMinor(amount, out _)) return;
        if (amount.Scale > currency.Digits)
            Add(
                MoneyPrecision, pointer,
                $"{currency.Code} has {currency.Digits} decimals; {amount} has {amount.Scale}");
        else
            Add(OutOfRange, pointer, "The amount is too large");
    }

    /// <summary>
    /// Checks that an optional amount is not negative and has the decimals of the currency. An unknown currency is not
    /// reported here: its campaign is unknown, which is another fault.
    /// </summary>
    public void CheckAmount(string pointer, decimal? amount, Currency? currency)
    {
        if (amount < 0) Add(OutOfRange, pointer, "Must not be negative");
        else if (amount is { } sum && currency is { } known) CheckMoney(pointer, known, sum);
    }

    /// <summary>Checks that an interval is not empty: its start is inclusive and its end exclusive.</summary>
    public void CheckInterval<T>(string pointer, T? from, T? to)
        where T : struct, IComparable<T>
    {
        if (from is { } start && to is { } end && start.CompareTo(end) >= 0)
            Add(
                IntervalEmpty, pointer,
                $"{pointer[1..]} must be after {pointer[1..^2]}From: the start of the interval is inclusive, its end exclusive");
    }

    /// <summary>Checks that a range of days, both ends inclusive, does not end before it begins.</summary>
    public void CheckDays(string pointer, DateOnly? first, DateOnly? last)
    {
        if (first > last) Add(IntervalEmpty, pointer, $"Must not be before {first:O}: both days are inclusive");
    }

    /// <summary>Checks the lookbacks of a brand, a version or a campaign.</summary>
    public void CheckLookback(string pointer, LookbackItem? lookback)
    {
        CheckLookbackDuration($"{pointer}/lookback/click", lookback?.Click);
        CheckLookbackDuration($"{pointer}/lookback/visit", lookback?.Visit);
        CheckLookbackDuration($"{pointer}/lookback/referral", lookback?.Referral);
    }

    /// <summary>Checks a gross margin in percent. Null is allowed.</summary>
    /// <param name="percent">The margin.</param>
    /// <param name="pointer">The object that contains it; empty for the item.</param>
    public void CheckMargin(decimal? percent, string pointer = "")
    {
        pointer += "/grossMarginPercent";
        if (percent is <= 0 or > 100)
            Add(
                OutOfRange, pointer,
                "A percentage above 0 and at most 100: 60 if goods sold for 100 cost 40. Omit it if the margin is unknown");
        else if (percent is { Scale: > 6 })
            Add(OutOfRange, pointer, "At most 6 decimals");
    }

    /// <summary>Checks a list whose entries each name a product or a category, none of them twice. Null is allowed.</summary>
    /// <param name="pointer">The list.</param>
    /// <param name="list">The entries.</param>
    /// <param name="getNames">Returns the product and the category of an entry.</param>
    /// <param name="checkEntry">Checks the rest of an entry.</param>
    /// <param name="known">The names so far, if several lists share them.</param>
    public void CheckProducts<T>(
        string pointer, IReadOnlyList<T>? list, Func<T, (string? Product, string? Category)> getNames, Action<string, T> checkEntry,
        HashSet<(string Kind, string? Name)>? known = null)
    {
        known ??= [];
        CheckList(pointer, list, (entryPointer, entry) =>
        {
            checkEntry(entryPointer, entry);
            var (product, category) = getNames(entry);
            if (product is null == category is null) Add(MemberMissing, entryPointer, "Specify either a product or a category");
            CheckProduct($"{entryPointer}/product", "product", product, known);
            CheckProduct($"{entryPointer}/category", "category", category, known);
        });
    }

    /// <summary>Checks the name of a product or category, which occurs once.</summary>
    public void CheckProduct(string pointer, string kind, string? name, HashSet<(string Kind, string? Name)> known)
    {
        CheckText(pointer, name);
        if (name?.Length > EventLimits.Id) Add(TooLong, pointer, $"At most {EventLimits.Id} characters");
        if (!string.IsNullOrWhiteSpace(name) && !known.Add((kind, ReportedLine.KeyOf(name))))
            Add(MemberNotAllowed, pointer, $"The {kind} is named twice, and can have one term");
    }

    private static bool IsWebUrl(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Host.Length > 0 && (url.Scheme is "http" or "https")
        && !value.Any(char.IsWhiteSpace) && !value.Any(char.IsControl);

    private void CheckLookbackDuration(string pointer, string? text)
    {
        if (text is null) return;
        if (!IsoDuration.TryParse(text, out var length))
            Add(
                DurationInvalid, pointer,
                $"'{Abbreviate(text)}' is not an ISO 8601 duration of days, hours, minutes and seconds such as P30D or PT30M; "
                + "months and years have no fixed length");
        else if (length <= TimeSpan.Zero || length > CatalogRules.MaxLookback)
            Add(DurationInvalid, pointer, $"Must be above zero and at most P{CatalogRules.MaxLookback.Days}D");
    }
}
