using System.Collections.Frozen;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Stripe counts in a currency's smallest unit as Stripe sees it, which is not always ISO 4217's: ISK and UGX come in hundredths that must
/// be whole, MGA without any (docs.stripe.com/currencies).
/// </summary>
internal static class StripeMoney
{
    private static readonly FrozenSet<string> ZeroDecimalCurrencies =
        FrozenSet.ToFrozenSet(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]);

    private static readonly FrozenSet<string> ThreeDecimalCurrencies = FrozenSet.ToFrozenSet(["BHD", "JOD", "KWD", "OMR", "TND"]);

    /// <summary>The currency that an object names, in capital letters.</summary>
    public static string GetCurrency(WebhookPayload subject) => subject.RequiredText("currency").ToUpperInvariant();

    /// <summary>An amount in major units.</summary>
    public static decimal ToMajorUnits(decimal amount, string currency) => amount / (ZeroDecimalCurrencies.Contains(currency) ? 1 : ThreeDecimalCurrencies.Contains(currency) ? 1000 : 100);
}
