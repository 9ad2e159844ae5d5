using Attribution.Host.Ingest.Replay;

namespace Attribution.Host.Ingest.Api;

/// <summary>Results of replaying rejections.</summary>
/// <param name="Replayed">Number of rejections that passed and are resolved.</param>
/// <param name="Refused">Number of rejections that are still rejected.</param>
/// <param name="Results">One result per rejection.</param>
/// <param name="Cursor">Cursor of the next page; null at the end and for ids.</param>
internal sealed record ReplayAnswer(int Replayed, int Refused, IReadOnlyList<ReplayResult> Results, string? Cursor)
{
    public static ReplayAnswer FromResults(IReadOnlyList<ReplayResult> results, string? cursor) => new(
        results.Count(result => result.Status == ReplayStatus.Replayed),
        results.Count(result => result.Status == ReplayStatus.Refused),
        results,
        cursor);
}
