namespace Attribution.Contracts.Catalog;

/// <summary>UTM parameters without their prefix. In a rule, a value that ends with <c>*</c> is a prefix.</summary>
/// <param name="Source"><c>utm_source</c>.</param>
/// <param name="Medium"><c>utm_medium</c>.</param>
/// <param name="Campaign"><c>utm_campaign</c>.</param>
/// <param name="Content"><c>utm_content</c>.</param>
/// <param name="Term"><c>utm_term</c>.</param>
/// <param name="Id"><c>utm_id</c>.</param>
public sealed record UtmItem(
    string? Source = null, string? Medium = null, string? Campaign = null,
    string? Content = null, string? Term = null, string? Id = null);
