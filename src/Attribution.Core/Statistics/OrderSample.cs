namespace Attribution.Core.Statistics;

/// <summary>The net and the commission of an order, in minor units.</summary>
/// <param name="Net">The credited net.</param>
/// <param name="Commission">The commission.</param>
public readonly record struct OrderSample(long Net, long Commission);
