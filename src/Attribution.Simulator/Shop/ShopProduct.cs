namespace Attribution.Simulator.Shop;

/// <summary>A product of the shop.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Category">Its category.</param>
/// <param name="Price">Its price in euros.</param>
internal sealed record ShopProduct(string Number, string Category, decimal Price)
{
    /// <summary>Gets the products of the shop.</summary>
    public static IReadOnlyList<ShopProduct> All { get; } =
    [
        new("cleanser", "face", 19), new("toner", "face", 24), new("day-cream", "face", 29), new("sun-serum", "sun", 34), new("night-serum", "face", 45),
        new("gift-box", "gifts", 62),
    ];
}
