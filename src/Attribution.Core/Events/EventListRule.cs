using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>The rule of a member that is a list of texts.</summary>
/// <param name="Item">Noun of one text, with its article, at the start of a sentence.</param>
/// <param name="Items">Noun of several texts.</param>
/// <param name="MaxCount">Maximum number of texts.</param>
/// <param name="MaxLength">Maximum length of a text in Unicode code points.</param>
/// <param name="Normalize">Returns a text in its stored form.</param>
internal sealed record EventListRule(
    string Item, string Items, int MaxCount, int MaxLength, Func<string, string> Normalize)
{
    /// <summary>The rule of discount codes.</summary>
    public static readonly EventListRule Codes =
        new("A code", "codes", EventLimits.Codes, EventLimits.Code, TextNormalizer.Code);

    /// <summary>The rule of an order's refund ids.</summary>
    public static readonly EventListRule RefundIds =
        new("A refund id", "refund ids", EventLimits.RefundIds, EventLimits.Id, TextNormalizer.Text);
}
