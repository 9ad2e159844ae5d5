namespace Attribution.Core.Planning;

/// <summary>An alias of a person, order, click or post within a brand: <c>v:</c>, <c>c:</c>, <c>k:</c>, <c>o:</c>, <c>n:</c>, <c>p:</c> or <c>e:</c> and an id.</summary>
/// <param name="Brand">Aliases are unique within a brand.</param>
/// <param name="Text">Prefix and id.</param>
public readonly record struct AliasKey(string Brand, string Text);
