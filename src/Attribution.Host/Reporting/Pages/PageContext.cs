using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Request of a page.</summary>
/// <param name="Http">The HTTP request and response.</param>
/// <param name="Scope">The scope that the address describes.</param>
/// <param name="Now">The time of the request.</param>
/// <param name="Cancellation">Canceled when the client disconnects.</param>
internal sealed record PageContext(HttpContext Http, PageScope Scope, Timestamp Now, CancellationToken Cancellation)
{
    public T GetService<T>() where T : notnull => Http.RequestServices.GetRequiredService<T>();

    /// <summary>Returns a value of the route; null if the route has none with this name.</summary>
    public string? GetRouteValue(string name) => Http.Request.RouteValues[name] as string;

    /// <summary>Reads one answer.</summary>
    public async Task<RollupAnswer> ReadRollupsAsync(RollupQuery query) => (await ReadRollupsAsync([query]))[0];

    /// <summary>Reads several answers from one snapshot, so that their sums agree.</summary>
    public Task<IReadOnlyList<RollupAnswer>> ReadRollupsAsync(params IReadOnlyList<RollupQuery> queries) =>
        RollupAnswer.ReadAllAsync(queries, GetService<IRollupStore>(), Now, Cancellation);
}
