using Attribution.Core.Values;
using Attribution.Storage.Jobs;

namespace Attribution.Storage.Sqlite.Jobs;

/// <summary>Leases, job runs, fit attempts and attempts at messages in SQLite.</summary>
internal sealed class SqliteJobStore(SqliteStoreContext context) : IJobStore
{
    /// <inheritdoc/>
    public ValueTask<bool> TryAcquireLeaseAsync(
        string lease, string holder, Timestamp now, Timestamp until, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session => session[
                "INSERT INTO leases (name, holder, until) VALUES (?1, ?2, ?4) ON CONFLICT (name) DO UPDATE SET holder = ?2, until = ?4 "
                + "WHERE holder = ?2 OR until <= ?3 OR until > ?4"]
                .Bind(1, lease).Bind(2, holder).Bind(3, now.UnixMilliseconds).Bind(4, until.UnixMilliseconds).Run() == 1,
            cancellation);

    /// <inheritdoc/>
    public ValueTask<Lease?> FindLeaseAsync(string lease, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var select = session["SELECT holder, until FROM leases WHERE name = ?"].Bind(1, lease);
                return select.Step() ? new Lease(select.Text(0), select.Timestamp(1)) : null;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask ReleaseLeaseAsync(string lease, string holder, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                session["DELETE FROM leases WHERE name = ? AND holder = ?"].Bind(1, lease).Bind(2, holder).Run();
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<Timestamp?> ReadLastJobRunAsync(string job, CancellationToken cancellation) =>
        context.Database.ReadAsync<Timestamp?>(
            session =>
            {
                var select = session["SELECT ran_at FROM jobs WHERE name = ?"].Bind(1, job);
                return select.Step() ? select.Timestamp(0) : null;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask RecordJobRunAsync(string job, Timestamp at, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                session[
                    "INSERT INTO jobs (name, ran_at) VALUES (?1, ?2) "
                    + "ON CONFLICT (name) DO UPDATE SET ran_at = iif(ran_at > ?3, ?2, max(ran_at, ?2))"]
                    .Bind(1, job).Bind(2, at.UnixMilliseconds).Bind(3, (at + ClockSkew.Max).UnixMilliseconds).Run();
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<FitAttempt?> ReadLastFitAttemptAsync(string brand, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var select = session["SELECT at, refusal FROM fit_attempts WHERE brand = ?"].Bind(1, brand);
                return select.Step() ? new FitAttempt(brand, select.Timestamp(0), select.TextOrNull(1)) : null;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask RecordFitAttemptAsync(FitAttempt attempt, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                session["INSERT OR REPLACE INTO fit_attempts (brand, at, refusal) VALUES (?, ?, ?)"]
                    .Bind(1, attempt.Brand).Bind(2, attempt.At.UnixMilliseconds).Bind(3, attempt.Refusal).Run();
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<long> CountAttemptAsync(Guid pack, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session => session["INSERT INTO meta VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = value + 1 RETURNING value"]
                .Bind(1, AttemptsKey(pack)).ReadSingleInt64(),
            cancellation);

    /// <inheritdoc/>
    public ValueTask ForgetAttemptsAsync(Guid pack, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                session["DELETE FROM meta WHERE key = ?"].Bind(1, AttemptsKey(pack)).Run();
            },
            cancellation);

    private static string AttemptsKey(Guid pack) => $"attempts/{pack:D}";
}
