using System.Runtime.CompilerServices;
using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Jobs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<(long Count, Timestamp? Oldest)> ReadBacklogAsync(CancellationToken cancellation) =>
        database.ReadAsync<(long, Timestamp?)>(
            session =>
            {
                var select = session["SELECT COUNT(*), (SELECT at FROM deltas ORDER BY seq LIMIT 1) FROM deltas"];
                select.Step();
                return (select.Int64(0), select.IsNull(1) ? null : new Timestamp(select.Int64(1)));
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<DateOnly?> ReadClosedThroughAsync(string brand, CancellationToken cancellation) =>
        database.ReadAsync(session => ReadClosedThrough(session, brand, asOf: null), cancellation);

    /// <inheritdoc/>
    public ValueTask CloseDaysAsync(string brand, DateOnly through, Timestamp at, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var last = session["SELECT through, at FROM closed_days WHERE brand = ? ORDER BY through DESC LIMIT 1"].Bind(1, brand);
                var (closed, before) = last.Step() ? (last.Int64(0), last.Int64(1)) : (long.MinValue, long.MinValue);
                last.Reset();
                if (through.DayNumber <= closed) return;
                while (FoldBrand(session, brand, int.MaxValue, at) > 0)
                {
                }
                session["INSERT INTO closed_days (brand, through, at) VALUES (?, ?, ?)"]
                    .Bind(1, brand).Bind(2, through.DayNumber).Bind(3, Math.Max(before, at.UnixMilliseconds)).Run();
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> TryAcquireLeaseAsync(string lease, string holder, Timestamp now, Timestamp until, CancellationToken cancellation) =>
        database.WriteAsync(
            session => session[
                "INSERT INTO leases (name, holder, until) VALUES (?1, ?2, ?4) ON CONFLICT (name) DO UPDATE SET holder = ?2, until = ?4 "
                + "WHERE holder = ?2 OR until <= ?3"]
                .Bind(1, lease).Bind(2, holder).Bind(3, now.UnixMilliseconds).Bind(4, until.UnixMilliseconds).Run() == 1,
            cancellation);

    /// <inheritdoc/>
    public ValueTask ReleaseLeaseAsync(string lease, string holder, CancellationToken cancellation) =>
        database.WriteAsync(
            session => { session["DELETE FROM leases WHERE name = ? AND holder = ?"].Bind(1, lease).Bind(2, holder).Run(); }, cancellation);

    /// <inheritdoc/>
    public ValueTask<Timestamp?> ReadLastJobRunAsync(string job, CancellationToken cancellation) =>
        database.ReadAsync<Timestamp?>(
            session =>
            {
                var select = session["SELECT ran_at FROM jobs WHERE name = ?"].Bind(1, job);
                return select.Step() ? new Timestamp(select.Int64(0)) : null;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask RecordJobRunAsync(string job, Timestamp at, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                session["INSERT INTO jobs (name, ran_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET ran_at = max(ran_at, excluded.ran_at)"]
                    .Bind(1, job).Bind(2, at.UnixMilliseconds).Run();
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<FitAttempt?> ReadLastFitAttemptAsync(string brand, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                var select = session["SELECT at, refusal FROM fit_attempts WHERE brand = ?"].Bind(1, brand);
                return select.Step() ? new FitAttempt(brand, new Timestamp(select.Int64(0)), select.TextOrNull(1)) : null;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask RecordFitAttemptAsync(FitAttempt attempt, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                session["INSERT OR REPLACE INTO fit_attempts (brand, at, refusal) VALUES (?, ?, ?)"]
                    .Bind(1, attempt.Brand).Bind(2, attempt.At.UnixMilliseconds).Bind(3, attempt.Refusal).Run();
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<(MeasureSums Sums, long CatalogVersion, long Generation)> ReadForReconciliationAsync(Action<Journey> onJourney, CancellationToken cancellation)
    {
        // It takes as long as the store is large, so it has a connection of its own and leaves its caller's thread.
        return await Task.Run(
            () => database.ReadOnOwnConnection(
                session =>
                {
                    var sums = SumRecordedMeasures(session);
                    var journeys = session["SELECT doc FROM journeys WHERE merged_into IS NULL"];
                    while (journeys.Step())
                    {
                        cancellation.ThrowIfCancellationRequested();
                        onJourney(JourneyCodec.Decode(journeys.Blob(0)));
                    }
                    return (sums, ReadCatalogVersion(session), ReadGeneration(session));
                }),
            cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> AppendCorrectionAsync(MeasureSums deltas, long? generation, Timestamp at, CancellationToken cancellation)
    {
        var documents = MeasureCodec.EncodeByBrand(deltas, new DocumentWriter());
        return await database.WriteAsync(
            session =>
            {
                if (generation is { } seen && seen != ReadGeneration(session)) return false;
                InsertDeltas(session, documents, at);
                return true;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<FoldManifestDocument> ReadManifestsAsync(
        string brand, Timestamp? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const int Chunk = 256;
        // Manifests never change, and their instants never go back: chunks read one by one are as good as one.
        var last = 0L;
        while (true)
        {
            var manifests = await database.ReadAsync(
                session =>
                {
                    var manifests = new List<FoldManifestDocument>(Chunk);
                    var select = session[
                        "SELECT number, at, sums FROM manifests WHERE brand = ?1 AND number > ?2 AND number >= "
                        + "(SELECT number FROM manifests WHERE brand = ?1 AND at > ?3 ORDER BY at, seq LIMIT 1) ORDER BY number LIMIT ?4"];
                    select.Bind(1, brand).Bind(2, last).Bind(3, after?.UnixMilliseconds ?? long.MinValue).Bind(4, Chunk);
                    while (select.Step())
                    {
                        var sums = new MeasureSums();
                        MeasureCodec.AddTo(sums, brand, select.Blob(2));
                        manifests.Add(new FoldManifestDocument(brand, select.Int64(0), new Timestamp(select.Int64(1)), sums));
                    }
                    return manifests;
                },
                cancellation);
            foreach (var manifest in manifests) yield return manifest;
            if (manifests.Count < Chunk) yield break;
            last = manifests[^1].Number;
        }
    }

    /// <summary>What rollups, unmatched names and waiting deltas say together, less what agreements add to journeys and costs.</summary>
    private static MeasureSums SumRecordedMeasures(SqliteSession session)
    {
        var sums = new MeasureSums();
        var rollups = session["SELECT brand, day, campaign, creator, cell FROM rollups"];
        while (rollups.Step())
            sums[new RollupKey(rollups.Text(0), DateOnly.FromDayNumber((int)rollups.Int64(1)), rollups.Text(2), rollups.Text(3))]
                .Add(MeasureCodec.DecodeCell(rollups.Blob(4)));
        AddUnmatched(session, sums);
        var deltas = session["SELECT brand, sums FROM deltas"];
        while (deltas.Step()) MeasureCodec.AddTo(sums, deltas.Text(0), deltas.Blob(1));
        AddAdjustments(session, sums, -1);
        return sums;
    }
}
