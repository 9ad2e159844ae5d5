using System.Collections.Immutable;
using Attribution.Core.Values;
using Attribution.Storage.Runs;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Runs;

/// <summary>Background runs in SQLite.</summary>
internal sealed class SqliteRunStore(SqliteStoreContext context) : IRunStore
{
    private const string Columns =
        "id, kind, request, status, attempt, done, total, created_at, updated_at, answer, fault, phase";

    /// <inheritdoc/>
    public ValueTask<bool> TryAddRunAsync(RunDocument run, int most, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                var unfinished = session["SELECT COUNT(*) FROM runs WHERE kind = ? AND status <= 2"]
                    .Bind(1, run.Kind).ReadSingleInt64();
                if (unfinished >= most) return false;
                session[$"INSERT INTO runs ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"]
                    .Bind(1, run.Id).Bind(2, run.Kind).Bind(3, run.Request.AsSpan())
                    .Bind(4, (int)run.Status).Bind(5, run.Attempt).Bind(6, run.Done).Bind(7, run.Total)
                    .Bind(8, run.CreatedAt.UnixMilliseconds).Bind(9, run.UpdatedAt.UnixMilliseconds)
                    .Bind(10, run.Answer.AsSpan()).Bind(11, run.Fault).Bind(12, run.Phase).Run();
                return true;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RunDocument>> ListUnfinishedRunsAsync(string kind, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<RunDocument>>(
            session =>
            {
                var select = session[$"SELECT {Columns} FROM runs WHERE kind = ? AND status <= 2 ORDER BY id"].Bind(1, kind);
                var runs = new List<RunDocument>();
                while (select.Step()) runs.Add(ReadRun(select));
                return runs;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<RunDocument?> TryClaimRunAsync(RunDocument run, Timestamp at, CancellationToken cancellation)
    {
        var claimed = run with
        {
            Status = RunStatus.Running, Attempt = run.Attempt + 1, Done = 0, Total = 0, Phase = null, UpdatedAt = at,
        };
        return context.Database.WriteAsync(
            session => session[
                "UPDATE runs SET status = ?1, attempt = ?2, done = 0, total = 0, phase = NULL, updated_at = ?3 "
                + "WHERE id = ?4 AND status = ?5 AND attempt = ?6 AND updated_at = ?7"]
                .Bind(1, (int)claimed.Status).Bind(2, claimed.Attempt).Bind(3, at.UnixMilliseconds).Bind(4, run.Id)
                .Bind(5, (int)run.Status).Bind(6, run.Attempt).Bind(7, run.UpdatedAt.UnixMilliseconds).Run() == 1
                ? claimed : null,
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<bool> UpdateRunAsync(RunDocument run, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session => session[
                "UPDATE runs SET status = ?, done = ?, total = ?, updated_at = ?, answer = ?, fault = ?, phase = ? "
                + "WHERE id = ? AND attempt = ? AND status = 2"]
                .Bind(1, (int)run.Status).Bind(2, run.Done).Bind(3, run.Total).Bind(4, run.UpdatedAt.UnixMilliseconds)
                .Bind(5, run.Answer.AsSpan()).Bind(6, run.Fault).Bind(7, run.Phase).Bind(8, run.Id).Bind(9, run.Attempt).Run() == 1,
            cancellation);

    /// <inheritdoc/>
    public ValueTask<RunDocument?> FindRunAsync(string kind, Guid id, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var select = session[$"SELECT {Columns} FROM runs WHERE id = ? AND kind = ?"].Bind(1, id).Bind(2, kind);
                return select.Step() ? ReadRun(select) : null;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask DeleteEndedRunsAsync(string kind, Timestamp endedBefore, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                session["DELETE FROM runs WHERE kind = ? AND status > 2 AND updated_at < ?"]
                    .Bind(1, kind).Bind(2, endedBefore.UnixMilliseconds).Run();
            },
            cancellation);

    private static RunDocument ReadRun(SqliteStatement row) => new()
    {
        Id = row.Guid(0),
        Kind = row.Text(1),
        Request = row.Blob(2).ToImmutableArray(),
        Status = (RunStatus)row.Int64(3),
        Attempt = (int)row.Int64(4),
        Done = row.Int64(5),
        Total = row.Int64(6),
        CreatedAt = row.Timestamp(7),
        UpdatedAt = row.Timestamp(8),
        Answer = row.Blob(9).ToImmutableArray(),
        Fault = row.TextOrNull(10),
        Phase = row.TextOrNull(11),
    };
}
