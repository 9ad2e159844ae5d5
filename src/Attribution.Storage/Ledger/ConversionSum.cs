namespace Attribution.Storage.Ledger;

/// <summary>What the ledger says of a conversion.</summary>
/// <param name="Conversion">Its key.</param>
/// <param name="OrderDay">Its local day.</param>
/// <param name="Net">Sum of the amounts, minor units.</param>
/// <param name="Micros">Sum of the credited shares, in millionths.</param>
/// <param name="Commission">Sum of the commissions, minor units.</param>
public sealed record ConversionSum(string Conversion, DateOnly OrderDay, long Net, long Micros, long Commission);
