namespace Attribution.Simulator;

/// <summary>A line of an order.</summary>
/// <param name="Product">The number of the product.</param>
/// <param name="Category">Its category.</param>
/// <param name="Quantity">The number of units.</param>
/// <param name="Goods">Their goods before discounts, in minor units.</param>
internal sealed record BasketLine(string Product, string Category, int Quantity, long Goods);
