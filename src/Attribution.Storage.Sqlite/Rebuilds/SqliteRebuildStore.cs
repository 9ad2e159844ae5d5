using Attribution.Core.Values;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rebuilds;

/// <summary>
/// Rebuilds in SQLite. A rebuild is a second file of the same schema, in a folder next to the store's file. It resumes
/// after the last pack that it contains.
/// </summary>
internal sealed class SqliteRebuildStore(SqliteStoreContext context) : IRebuildStore
{
    /// <inheritdoc/>
    public async ValueTask<IRebuild> OpenRebuildAsync(string mark, CancellationToken cancellation)
    {
        var aliasKey = await context.Database.ReadAsync(SqliteMeta.ReadAliasKey, cancellation);
        var path = context.RebuildPath;
        // A rebuild can be repeated, so it may lose its last commits in a power failure.
        var options = new SqliteStoreOptions { Path = path }.Database with { Synchronous = SqliteSynchronous.Normal };
        while (true)
        {
            var scratch = await SqliteDatabase.OpenAsync(path, SqliteSchema.ApplicationId, SqliteSchema.Migrations, options, cancellation);
            var scratchMark = await scratch.WriteAsync(session => GetOrAddMark(session, mark, aliasKey), cancellation);
            if (scratchMark == mark)
            {
                await EnsureAllowedAsync(scratch, cancellation);
                return new SqliteRebuild(context, new SqliteStoreContext(
                    scratch, context.Hash, context.Formats, context.TimeZones, context.BotRules, isRebuild: true));
            }

            await scratch.DisposeAsync();
            await DiscardRebuildAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public ValueTask DiscardRebuildAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(Path.GetDirectoryName(context.RebuildPath)))
            foreach (var suffix in (string[])["", "-wal", "-shm"])
                File.Delete(context.RebuildPath + suffix);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<RebuildOutcome?> FindRebuildAsync(Guid run, CancellationToken cancellation) =>
        context.Database.ReadAsync(session => SqliteMeta.FindRebuild(session, run), cancellation);

    /// <summary>Returns the mark of a scratch store. A new one gets the mark and the alias key given.</summary>
    private static string GetOrAddMark(SqliteSession session, string mark, byte[] aliasKey)
    {
        var select = session["SELECT value FROM meta WHERE key = 'rebuild'"];
        var existing = select.Step() ? select.Text(0) : null;
        select.Reset();
        if (existing is not null) return existing;
        // With the same key, aliases have the same hashes and can be copied unchanged.
        session["UPDATE meta SET value = ? WHERE key = 'alias_key'"].Bind(1, aliasKey).Run();
        session["INSERT INTO meta VALUES ('rebuild', ?)"].Bind(1, mark).Run();
        return mark;
    }

    /// <summary>
    /// Checks that no packs were deleted; else closes the scratch store. By taking the write lock it also waits for an
    /// erasure that began before the rebuild's file existed, so that everything read from here on is erased. A later
    /// erasure sees the file and is refused.
    /// </summary>
    /// <exception cref="ArchiveIncompleteException">Packs were deleted.</exception>
    private async ValueTask EnsureAllowedAsync(SqliteDatabase scratch, CancellationToken cancellation)
    {
        try
        {
            var deletedBefore = await context.Database.WriteAsync(
                session =>
                {
                    var select = session["SELECT value FROM meta WHERE key = 'packs_forgotten'"];
                    return select.Step() ? select.Timestamp(0) : (Timestamp?)null;
                },
                cancellation);
            if (deletedBefore is { } before) throw new ArchiveIncompleteException(before);
        }
        catch
        {
            await scratch.DisposeAsync();
            throw;
        }
    }
}
