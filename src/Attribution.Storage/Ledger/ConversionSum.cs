namespace Attribution.Storage.Ledger;

/// <summary>The sums of a conversion's ledger entries.</summary>
/// <param name="Conversion">The conversion's key.</param>
/// <param name="OrderDay">The conversion's local day.</param>
/// <param name="Net">The sum of the amounts, in minor units.</param>
/// <param name="Micros">The sum of the credited shares, in millionths.</param>
/// <param name="Commission">The sum of the commissions, in minor units.</param>
public sealed record ConversionSum(string Conversion, DateOnly OrderDay, long Net, long Micros, long Commission);
