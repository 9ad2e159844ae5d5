namespace Attribution.Host.Tests.Walk;

/// <summary>A file that a click passes.</summary>
/// <param name="File">Path from the repository's root.</param>
/// <param name="Method">First method that ran; an accessor or constructor only when nothing else ran.</param>
/// <param name="IsData">Whether only accessors and constructors ran.</param>
public sealed record WalkedFile(string File, string Method, bool IsData);
