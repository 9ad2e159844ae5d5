using System.Collections.Concurrent;
using System.Diagnostics;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>
/// A SQLite file in WAL mode with one writing connection, a small pool of reading connections and prepared statements.
/// Several instances, in one or more processes, may share the file. Thread-safe. Work runs on the caller's thread and
/// must wait only for the disk.
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

    /// <summary>Gets the full path of the file.</summary>
    public string Path { get; }

    /// <summary>
    /// Opens the file, creates it and its folder if they do not exist, and upgrades it to the newest schema, one
    /// transaction per migration. Two processes may do so at the same time.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="applicationId">
    /// The number that identifies files of this application (<c>PRAGMA application_id</c>); not 0.
    /// </param>
    /// <param name="migrations">
    /// Scripts in order; the n-th upgrades the schema to version n (<c>PRAGMA user_version</c>). New scripts may only
    /// be appended.
    /// </param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellation">Checked before the work begins.</param>
    /// <exception cref="StoreUnusableException">
    /// The file is not a SQLite file, belongs to another application or a newer version, is damaged, or cannot be
    /// written.
    /// </exception>
    public static ValueTask<SqliteDatabase> OpenAsync(
        string path,
        int applicationId,
        IReadOnlyList<string> migrations,
        SqliteDatabaseOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfZero(applicationId);
        cancellation.ThrowIfCancellationRequested();
        var database = new SqliteDatabase(System.IO.Path.GetFullPath(path), options ?? new SqliteDatabaseOptions());
        database.writer = SqliteMigrations.Open(database.Path, applicationId, migrations, database.options);
        return ValueTask.FromResult(database);
    }

    /// <summary>
    /// Runs work in a transaction that holds the file's write lock from its beginning (<c>BEGIN IMMEDIATE</c>), and
    /// commits it. Nothing is written if the work throws or abandons the transaction. An exception from the commit
    /// itself leaves the outcome unknown.
    /// </summary>
    /// <exception cref="SqliteFaultException">SQLite refused a statement.</exception>
    public ValueTask<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellation) =>
        RunOnWriterAsync("BEGIN IMMEDIATE", work, cancellation);

    /// <summary>
    /// Runs reading work on the writing connection, between writes, for data that the next write needs. Only this
    /// connection keeps its page cache when the file changes, so the pages are still in memory for the write.
    /// </summary>
    /// <exception cref="SqliteFaultException">SQLite refused a statement.</exception>
    public ValueTask<T> ReadOnWriterAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellation) =>
        RunOnWriterAsync("BEGIN", work, cancellation);

    private async ValueTask<T> RunOnWriterAsync<T>(
        string begin, Func<SqliteSession, T> work, CancellationToken cancellation)
    {
        await writing.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var session = writer ??= OpenWriter();
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

    /// <summary>
    /// Runs work in a transaction that reads the file as of one moment. Process the results outside, because only a few
    /// reads can run at the same time.
    /// </summary>
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

    /// <summary>
    /// Runs work as <see cref="ReadAsync{T}"/> does, on a separate connection that is closed afterwards. For long
    /// reads, which must not block others.
    /// </summary>
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
    /// Rewrites the file and empties its log, so that neither contains replaced or deleted data. Writers wait, and the
    /// disk needs space for a second copy.
    /// </summary>
    /// <exception cref="TimeoutException">
    /// A reader was active for longer than the busy timeout: the file is rewritten, but the log is not empty.
    /// </exception>
    public async ValueTask CompactAsync(CancellationToken cancellation)
    {
        await writing.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var session = writer ??= OpenWriter();
            // The copy is as large as the file, so it is made on disk.
            await Task.Run(
                () => session.ExecuteWithoutHook("PRAGMA temp_store=FILE; VACUUM; PRAGMA temp_store=MEMORY"),
                CancellationToken.None);
            var began = Stopwatch.GetTimestamp();
            while (!session.TruncateLog())
            {
                if (Stopwatch.GetElapsedTime(began) > options.BusyTimeout)
                    throw new TimeoutException($"{Path}: a reader is still active, so the log still contains replaced data.");
                await Task.Delay(5, CancellationToken.None);
            }
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Waits for work in progress, then closes the file. Later work is refused.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await writing.WaitAsync();
        for (var i = 0; i < options.Readers; i++) await reading.WaitAsync();
        while (readers.TryTake(out var idle)) idle.Close();
        writer?.Close();
        writer = null;
        // Callers that still wait are released and then find the database disposed.
        writing.Release();
        reading.Release(options.Readers);
    }

    private SqliteSession OpenWriter() =>
        SqliteMigrations.Configure(
            SqliteSession.Open(Path, options.BusyTimeout, options.BeforeStatement), options, write: true);

    private SqliteSession OpenReader() =>
        SqliteMigrations.Configure(
            SqliteSession.Open(Path, options.BusyTimeout, beforeStatement: null), options, write: false);
}
