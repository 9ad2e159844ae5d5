namespace Attribution.Host.Tests.Walk;

/// <summary>A place in the source that has code.</summary>
/// <param name="File">Path from the repository's root: <c>src/…</c>.</param>
/// <param name="Line">First line of the statement.</param>
/// <param name="Method">Type and method as written in the source.</param>
/// <param name="IsData">Whether the method is a property's accessor or a constructor.</param>
public sealed record SourcePoint(string File, int Line, string Method, bool IsData);
