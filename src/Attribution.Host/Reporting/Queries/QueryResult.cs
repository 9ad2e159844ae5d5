using System.Diagnostics.CodeAnalysis;

namespace Attribution.Host.Reporting.Queries;

/// <summary>
/// The answer to a query or command, or the problem that prevents it. Exactly one of them is not null.
/// </summary>
/// <param name="Value">The answer.</param>
/// <param name="Problem">The problem.</param>
internal readonly record struct QueryResult<T>(T? Value, QueryProblem? Problem) where T : class
{
    public static implicit operator QueryResult<T>(T value) => new(value, null);

    public static implicit operator QueryResult<T>(QueryProblem problem) => new(null, problem);

    /// <summary>Gets the answer; returns false and the problem if there is none.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out QueryProblem? problem)
    {
        (value, problem) = (Value, Problem);
        return value is not null;
    }
}
