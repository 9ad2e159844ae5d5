using System.Collections.Concurrent;
using System.Diagnostics;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>
/// One SQLite file in WAL mode: one writing connection, a small pool of reading ones, statements prepared once. Several databases, in one
/// process or in several, may share the file. Thread-safe. The work handed in runs on the caller's thread and must not wait for anything
/// but the disk.
/// </summary>
public sealed class SqliteDatabase : IAsyncDisposable
{
    private readonly SqliteDatabaseOptions options;
    private readonly SemaphoreSlim writing = new(1);
    private readonly SemaphoreSlim reading;
    private readonly ConcurrentBag<SqliteSession> readers = [];
    private SqliteSession? writer;
    private volatile bool disposed;

    private SqliteDatabase(string path, SqliteDatabaseOptions options)
    {
        Path = path;
        this.options = options;
        reading = new SemaphoreSlim(options.Readers);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>
    /// Opens the file, makes it (and its folder) when absent, and brings it up to the newest schema, one transaction a migration. Two
    /// processes may do so at once.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="applicationId">What marks the file as this application's (<c>PRAGMA application_id</c>); not 0.</param>
    /// <param name="migrations">
    /// Scripts in order; the n-th brings the schema to version n (<c>PRAGMA user_version</c>). Only ever append to them.
    /// </param>
    /// <param name="options">How to open it; null: the defaults.</param>
    /// <param name="cancellation">Checked before the work begins.</param>
    /// <exception cref="StoreUnusableException">The file is not SQLite's, is another application's or a newer version's, is damaged, or cannot be written.</exception>
    public static ValueTask<SqliteDatabase> OpenAsync(
        string path, int applicationId, IReadOnlyList<string> migrations, SqliteDatabaseOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfZero(applicationId);
        cancellation.ThrowIfCancellationRequested();
        var database = new SqliteDatabase(System.IO.Path.GetFullPath(path), options ?? new SqliteDatabaseOptions());
        database.writer = SqliteMigrations.Open(database.Path, applicationId, migrations, database.options);
        return ValueTask.FromResult(database);
    }

    /// <summary>
    /// Runs the work in a transaction that holds the file's write lock from its beginning (<c>BEGIN IMMEDIATE</c>), and commits it; if the
    /// work throws or abandons it, nothing is written. An exception out of the commit itself leaves the outcome unknown.
    /// </summary>
    /// <exception cref="SqliteFaultException">SQLite refused a statement.</exception>
    public ValueTask<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellation) => RunOnWriterAsync("BEGIN IMMEDIATE", work, cancellation);

    /// <summary>
    /// Runs the work, which only reads, on the writing connection, between writes: for what the next write is of. Its pages are in memory, for that
    /// connection alone keeps them when the file changes, and stay there for the write.
    /// </summary>
    /// <exception cref="SqliteFaultException">SQLite refused a statement.</exception>
    public ValueTask<T> ReadOnWriterAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellation) => RunOnWriterAsync("BEGIN", work, cancellation);

    private async ValueTask<T> RunOnWriterAsync<T>(string begin, Func<SqliteSession, T> work, CancellationToken cancellation)
    {
        await writing.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var session = writer ??= SqliteMigrations.Configure(SqliteSession.Open(Path, options.BusyTimeout, options.BeforeStatement), options, write: true);
            try
            {
                session.Begin(begin);
                var result = work(session);
                if (!session.Abandoned) session.Commit();
                return result;
            }
            finally
            {
                if (!session.EndTransaction())
                {
                    session.Close();
                    writer = null;
                }
            }
        }
        finally
        {
            writing.Release();
        }
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public async ValueTask WriteAsync(Action<SqliteSession> work, CancellationToken cancellation) =>
        await WriteAsync(
            session =>
            {
                work(session);
                return true;
            },
            cancellation);

    /// <summary>Runs the work in a transaction that reads the file as of one moment. What is slow to use belongs outside: few may read at once.</summary>
    /// <exception cref="SqliteFaultException">SQLite refused a statement.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var session = readers.TryTake(out var idle) ? idle : OpenReader();
            try
            {
                session.Begin("BEGIN");
                return work(session);
            }
            finally
            {
                if (session.EndTransaction()) readers.Add(session);
                else session.Close();
            }
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>As <see cref="ReadAsync{T}"/>, on a connection of its own that is closed afterwards: for long reads, which must not keep others waiting.</summary>
    /// <exception cref="SqliteFaultException">SQLite refused a statement.</exception>
    public T ReadOnOwnConnection<T>(Func<SqliteSession, T> work)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var session = OpenReader();
        try
        {
            session.Begin("BEGIN");
            return work(session);
        }
        finally
        {
            session.EndTransaction();
            session.Close();
        }
    }

    /// <summary>
    /// Rewrites the file and empties its log, so that no byte of what was replaced or deleted is left in either. Writers wait meanwhile; it
    /// needs room for a second copy.
    /// </summary>
    /// <exception cref="TimeoutException">Somebody has read on for longer than the busy time-out: the file is rewritten, the log is not empty.</exception>
    public async ValueTask CompactAsync(CancellationToken cancellation)
    {
        await writing.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var session = writer ??= SqliteMigrations.Configure(SqliteSession.Open(Path, options.BusyTimeout, options.BeforeStatement), options, write: true);
            // The copy is as large as the file: it belongs on the disk.
            await Task.Run(() => session.ExecuteWithoutHook("PRAGMA temp_store=FILE; VACUUM; PRAGMA temp_store=MEMORY"), CancellationToken.None);
            var began = Stopwatch.GetTimestamp();
            while (!session.TruncateLog())
            {
                if (Stopwatch.GetElapsedTime(began) > options.BusyTimeout) throw new TimeoutException($"{Path}: somebody reads on; its log still holds what was replaced.");
                await Task.Delay(5, CancellationToken.None);
            }
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Waits for work under way, then closes the file. Work that comes later is refused.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await writing.WaitAsync();
        for (var i = 0; i < options.Readers; i++) await reading.WaitAsync();
        while (readers.TryTake(out var idle)) idle.Close();
        writer?.Close();
        writer = null;
        // Those still waiting are let through to find it disposed.
        writing.Release();
        reading.Release(options.Readers);
    }

    private SqliteSession OpenReader() =>
        SqliteMigrations.Configure(SqliteSession.Open(Path, options.BusyTimeout, beforeStatement: null), options, write: false);
}
