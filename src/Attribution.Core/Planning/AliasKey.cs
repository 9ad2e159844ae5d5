namespace Attribution.Core.Planning;

/// <summary>
/// An alias of a person, order, click or post: <c>v:</c>, <c>c:</c>, <c>k:</c>, <c>o:</c>, <c>n:</c>, <c>p:</c> or
/// <c>e:</c>, followed by an id.
/// </summary>
/// <param name="Brand">The brand; aliases are unique within it.</param>
/// <param name="Text">The prefix and the id.</param>
public readonly record struct AliasKey(string Brand, string Text);
