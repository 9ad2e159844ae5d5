using System.Globalization;
using Attribution.Core.Values;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Rebuilds;

namespace Attribution.Storage.Sqlite;

// A rebuild is a second file of the same schema, in a folder of its own beside the store's. Which packs it has is where it resumes.
public sealed partial class SqliteStore
{
    private string RebuildPath => Path.Combine(Path.GetDirectoryName(database.Path)!, "rebuild", Path.GetFileName(database.Path));

    /// <inheritdoc/>
    public async ValueTask<IRebuild> OpenRebuildAsync(string mark, CancellationToken cancellation)
    {
        var aliasKey = await database.ReadAsync(session => session["SELECT value FROM meta WHERE key = 'alias_key'"] is var key && key.Step() ? key.Blob(0).ToArray() : [], cancellation);
        var file = RebuildPath;
        // It can be made again: a power cut may take its last commits back.
        var options = new SqliteStoreOptions { Path = file }.Database with { Synchronous = SqliteSynchronous.Normal };
        while (true)
        {
            var scratch = await SqliteDatabase.OpenAsync(file, SqliteSchema.ApplicationId, SqliteSchema.Migrations, options, cancellation);
            var begun = await scratch.WriteAsync(
                session =>
                {
                    var found = session["SELECT value FROM meta WHERE key = 'rebuild'"];
                    var before = found.Step() ? found.Text(0) : null;
                    found.Reset();
                    if (before is not null) return before;
                    // Under the same key aliases have the same hashes, and can be copied as they stand.
                    session["UPDATE meta SET value = ? WHERE key = 'alias_key'"].Bind(1, aliasKey).Run();
                    session["INSERT INTO meta VALUES ('rebuild', ?)"].Bind(1, mark).Run();
                    return mark;
                },
                cancellation);
            if (begun == mark && await IsRebuildAllowedAsync(scratch, cancellation)) return new SqliteRebuild(this, new SqliteStore(scratch, hash, journeysOnly: true));
            await scratch.DisposeAsync();
            await DiscardRebuildAsync(cancellation);
        }
    }

    /// <summary>
    /// Waits, by the writer's lock, for an erasure that began before the rebuild's file was there, and so did not see it: what is read from here on names
    /// the person no more. One that begins later sees the file and is refused.
    /// </summary>
    /// <exception cref="ArchiveIncompleteException">Packs were deleted.</exception>
    private async ValueTask<bool> IsRebuildAllowedAsync(SqliteDatabase scratch, CancellationToken cancellation)
    {
        try
        {
            var forgotten = await database.WriteAsync(
                session => session["SELECT value FROM meta WHERE key = 'packs_forgotten'"] is var select && select.Step() ? select.Int64(0) : (long?)null, cancellation);
            return forgotten is { } before ? throw new ArchiveIncompleteException(new Timestamp(before)) : true;
        }
        catch
        {
            await scratch.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DiscardRebuildAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(Path.GetDirectoryName(RebuildPath)))
            foreach (var beside in (string[])["", "-wal", "-shm"])
                File.Delete(RebuildPath + beside);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<RebuildOutcome?> FindRebuildAsync(Guid run, CancellationToken cancellation) =>
        database.ReadAsync(session => FindRebuild(session, run), cancellation);

    private static RebuildOutcome? FindRebuild(SqliteSession session, Guid run)
    {
        var select = session["SELECT value FROM meta WHERE key = 'rebuilt'"];
        var parts = select.Step() ? select.Text(0).Split(' ') : [];
        select.Reset();
        return parts is [var of, var conversions, var lines, var cells] && of == run.ToString("N")
            ? new RebuildOutcome(Number(conversions), Number(lines), Number(cells))
            : null;

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    private static void RecordRebuild(SqliteSession session, Guid run, RebuildOutcome outcome) =>
        session["INSERT OR REPLACE INTO meta VALUES ('rebuilt', ?)"]
            .Bind(1, string.Create(CultureInfo.InvariantCulture, $"{run:N} {outcome.Conversions} {outcome.Lines} {outcome.Cells}")).Run();
}
