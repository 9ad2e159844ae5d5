using System.Collections.Frozen;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Stripe counts in a currency's smallest unit as Stripe sees it, which is not always ISO 4217's: ISK and UGX come in hundredths that must
/// be whole, MGA without any (docs.stripe.com/currencies).
/// </summary>
internal static class StripeMoney
{
    private static readonly FrozenSet<string> Whole =
        FrozenSet.ToFrozenSet(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]);

    private static readonly FrozenSet<string> Thousandths = FrozenSet.ToFrozenSet(["BHD", "JOD", "KWD", "OMR", "TND"]);

    /// <summary>The currency that an object names, in capital letters.</summary>
    public static string CurrencyOf(Payload subject) => subject.Needed("currency").ToUpperInvariant();

    /// <summary>An amount in major units.</summary>
    public static decimal Major(decimal amount, string currency) => amount / (Whole.Contains(currency) ? 1 : Thousandths.Contains(currency) ? 1000 : 100);
}
