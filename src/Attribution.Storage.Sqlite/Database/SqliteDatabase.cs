using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>
/// A SQLite file in WAL mode with one writing connection, a small pool of reading connections and prepared statements.
/// Several instances, in one or more processes, may share the file. Thread-safe. Work runs on the caller's thread and
/// must wait only for the disk.
/// </summary>
public sealed class SqliteDatabase : IAsyncDisposable
{
    private const string Immediate = "BEGIN IMMEDIATE";
    private const int MarkLength = 96;
    private readonly SqliteDatabaseOptions options;
    private readonly SemaphoreSlim writing = new(1);
    private readonly SemaphoreSlim reading;
    private readonly ConcurrentBag<SqliteSession> readers = [];
    private SqliteSession? writer;
    private SafeFileHandle? mark;
    private volatile bool disposed;
    private volatile string? damage;
    private volatile string? writeFault;

    private SqliteDatabase(string path, SqliteDatabaseOptions options)
    {
        Path = path;
        this.options = options;
        reading = new SemaphoreSlim(options.Readers);
    }

    /// <summary>Gets the full path of the file.</summary>
    public string Path { get; }

    /// <summary>
    /// Gets a sentence about the damage of the file that any call or <see cref="Verify"/> has met; null if none has. It
    /// stays, because a damaged file does not recover.
    /// </summary>
    public string? Damage => damage;

    /// <summary>Gets a sentence about why the last write failed, for example a full disk; null since a write succeeded.</summary>
    public string? WriteFault => writeFault;

    /// <summary>Gets a value indicating whether the disk has less than a megabyte of free space.</summary>
    public bool IsDiskFull => SqliteFaults.IsDiskFull(Path);

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
        if (database.options.HasMark) database.mark = OpenMark(System.IO.Path.ChangeExtension(database.Path, ".mark"));
        return ValueTask.FromResult(database);
    }

    /// <summary>
    /// Runs work in a transaction that holds the file's write lock from its beginning (<c>BEGIN IMMEDIATE</c>), and
    /// commits it. Nothing is written if the work throws or abandons the transaction. An exception from the commit
    /// itself leaves the outcome unknown.
    /// </summary>
    /// <exception cref="SqliteFaultException">SQLite refused a statement.</exception>
    public ValueTask<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellation) =>
        RunOnWriterAsync(Immediate, work, cancellation);

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
                if (begin == Immediate && !session.Abandoned) writeFault = null;
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
        catch (SqliteFaultException e) when (Note(e))
        {
            throw;
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
        catch (SqliteFaultException e) when (Note(e))
        {
            throw;
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
        catch (SqliteFaultException e) when (Note(e))
        {
            throw;
        }
        finally
        {
            session.EndTransaction();
            session.Close();
        }
    }

    /// <summary>
    /// Reads the whole file and checks its structure; the result is <see cref="Damage"/>. Takes as long as reading the
    /// file does.
    /// </summary>
    public void Verify(CancellationToken cancellation)
    {
        try
        {
            var result = ReadOnOwnConnection(session =>
            {
                using var interruption = cancellation.Register(() => raw.sqlite3_interrupt(session.Handle));
                cancellation.ThrowIfCancellationRequested();
                var check = session["PRAGMA quick_check(1)"];
                return check.Step() ? check.Text(0) : "ok";
            });
            if (result != "ok") Note(new SqliteFaultException(raw.SQLITE_CORRUPT, result.ReplaceLineEndings(" ")) { Path = Path });
        }
        catch (SqliteFaultException e) when (e.IsDamage || cancellation.IsCancellationRequested)
        {
            // Damage is noted; a canceled check has no result.
        }
    }

    /// <summary>Remembers damage and failed writes. Returns false, so that a filter does not catch the exception.</summary>
    private bool Note(SqliteFaultException fault)
    {
        if (fault.IsDamage) damage ??= fault.Summary;
        else if (fault.PrimaryCode is raw.SQLITE_FULL or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN)
            writeFault = fault.Summary;
        return false;
    }

    /// <summary>
    /// Writes one page without a change if the last write failed, so that <see cref="WriteFault"/> is null as soon as the
    /// file can be written again, even without another write.
    /// </summary>
    /// <exception cref="SqliteFaultException">The file still cannot be written.</exception>
    public async ValueTask ProbeAsync(CancellationToken cancellation)
    {
        if (writeFault is null) return;
        await WriteAsync(
            session => session.Execute(
                string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={session["PRAGMA user_version"].ReadSingleInt64()}")),
            cancellation);
    }

    /// <summary>Returns the text of the mark; empty if the file has none, or has no text.</summary>
    public string ReadMark()
    {
        if (mark is null) return "";
        Span<byte> text = stackalloc byte[MarkLength];
        return Encoding.ASCII.GetString(text[..RandomAccess.Read(mark, text, 0)]).TrimEnd('\n', ' ', '\0');
    }

    /// <summary>
    /// Replaces the text of the mark, in place. A mark that cannot be written keeps its text, as after the end of a process
    /// between a transaction and its mark.
    /// </summary>
    /// <param name="text">ASCII text of at most 95 characters.</param>
    /// <param name="isDurable">True to return only when the text survives a power failure.</param>
    public void WriteMark(string text, bool isDurable = false)
    {
        if (mark is null || mark.IsClosed) return;
        try
        {
            RandomAccess.Write(mark, Encoding.ASCII.GetBytes(text.PadRight(MarkLength - 1) + '\n'), 0);
            if (isDurable) RandomAccess.FlushToDisk(mark);
        }
        catch (IOException)
        {
            // The disk is full or read-only, which the next transaction meets and reports.
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
        mark?.Dispose();
        // Callers that still wait are released and then find the database disposed.
        writing.Release();
        reading.Release(options.Readers);
    }

    private static SafeFileHandle OpenMark(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnusableException($"{path} cannot be written: {e.Message} Make it writable for this user.", e);
        }
    }

    private SqliteSession OpenWriter() =>
        SqliteMigrations.Configure(
            SqliteSession.Open(Path, options.BusyTimeout, options.BeforeStatement), options, write: true);

    private SqliteSession OpenReader() =>
        SqliteMigrations.Configure(
            SqliteSession.Open(Path, options.BusyTimeout, beforeStatement: null), options, write: false);
}
