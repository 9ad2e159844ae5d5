using System.Collections.Frozen;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Converts Stripe's amounts. Stripe's smallest unit of a currency is not always that of ISO 4217: ISK and UGX are
/// stated in hundredths and must be whole, and MGA has no decimals (docs.stripe.com/currencies).
/// </summary>
internal static class StripeMoney
{
    private static readonly FrozenSet<string> ZeroDecimalCurrencies =
        FrozenSet.ToFrozenSet(
            ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]);

    private static readonly FrozenSet<string> ThreeDecimalCurrencies = FrozenSet.ToFrozenSet(
        ["BHD", "JOD", "KWD", "OMR", "TND"]);

    /// <summary>Returns the currency that an object names, in capital letters.</summary>
    public static string GetCurrency(WebhookPayload subject) => subject.RequiredText("currency").ToUpperInvariant();

    /// <summary>Converts an amount to major units.</summary>
    public static decimal ToMajorUnits(decimal amount, string currency) =>
        amount / (
            ZeroDecimalCurrencies.Contains(currency) ? 1 : ThreeDecimalCurrencies.Contains(currency) ? 1000 : 100);
}
