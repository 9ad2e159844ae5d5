namespace Attribution.Core.Events;

/// <summary>
/// The UTM parameters of a landing, each normalized (decoded, white space collapsed, trimmed, upper case) or null.
/// </summary>
public sealed record Utm(
    string? Source = null, string? Medium = null, string? Campaign = null, string? Content = null, string? Term = null,
    string? Id = null);
