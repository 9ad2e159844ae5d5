using Attribution.Storage.Sqlite.Database;
using Attribution.TestKit;

namespace Attribution.Storage.Tests.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private const int Application = 0x41545453;
    private static readonly string[] First = ["CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT, bytes BLOB)"];
    private static readonly string[] Second = [.. First, "ALTER TABLE t ADD COLUMN more INTEGER NOT NULL DEFAULT 7"];

    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string File => folder.File("some.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Written_rows_are_read_after_reopening()
    {
        var id = Guid.Parse("0198a000-0000-7000-8000-0000000000ff");
        await using (var database = await Open(First))
            await database.WriteAsync(
                session =>
                {
                    var insert = session["INSERT INTO t (n, text, bytes) VALUES (?, ?, ?)"];
                    insert.Bind(1, long.MinValue).Bind(2, new string('ä', 400)).Bind(3, id).Run().ShouldBe(1);
                    insert.Bind(1, 2).Bind(2, (string?)null).Bind(3, ReadOnlySpan<byte>.Empty).Run();
                },
                Cancellation);

        await using var again = await Open(First);
        var rows = await again.ReadAsync(
            session =>
            {
                var rows = new List<(long, string?, int)>();
                var select = session["SELECT n, text, bytes FROM t ORDER BY n"];
                while (select.Step())
                {
                    select.IsNull(2).ShouldBeFalse();
                    if (rows.Count == 0) select.Guid(2).ShouldBe(id);
                    rows.Add((select.Int64(0), select.TextOrNull(1), select.Blob(2).Length));
                }
                return rows;
            },
            Cancellation);

        rows.ShouldBe([(long.MinValue, new string('ä', 400), 16), (2, null, 0)]);
    }

    [Fact]
    public async Task Failed_or_abandoned_work_writes_nothing()
    {
        await using var database = await Open(First);

        await Should.ThrowAsync<InvalidOperationException>(async () => await database.WriteAsync(
            session =>
            {
                session["INSERT INTO t (n) VALUES (1)"].Run();
                throw new InvalidOperationException();
            },
            Cancellation));
        await database.WriteAsync(
            session =>
            {
                session["INSERT INTO t (n) VALUES (2)"].Run();
                session.Abandon();
            },
            Cancellation);
        await database.WriteAsync(session => { session["INSERT INTO t (n) VALUES (3)"].Run(); }, Cancellation);

        (await Numbers(database)).ShouldBe([3]);
    }

    [Fact]
    public async Task Read_sees_one_snapshot_while_another_commits()
    {
        await using var reader = await Open(First);
        await using var writer = await Open(First);
        long Count(SqliteSession session)
        {
            var select = session["SELECT COUNT(*) FROM t"];
            select.Step();
            var count = select.Int64(0);
            select.Reset();
            return count;
        }
        (long, long) Twice(SqliteSession session)
        {
            var before = Count(session);
            Task.Run(async () => await writer.WriteAsync(other => { other["INSERT INTO t (text) VALUES ('new')"].Run(); }, Cancellation), Cancellation).Wait(Cancellation);
            return (before, Count(session));
        }

        (await reader.ReadAsync(Twice, Cancellation)).ShouldBe((0, 0));
        reader.ReadOnOwnConnection(Twice).ShouldBe((1, 1));
        (await reader.ReadAsync(Count, Cancellation)).ShouldBe(2);
    }

    [Fact]
    public async Task Newer_build_migrates_an_older_file_and_keeps_its_rows()
    {
        await using (var old = await Open(First))
            await old.WriteAsync(session => { session["INSERT INTO t (n) VALUES (1)"].Run(); }, Cancellation);

        await using (var newer = await Open(Second))
            (await Numbers(newer, "SELECT more FROM t")).ShouldBe([7]);
        await using var again = await Open(Second);
        (await Numbers(again, "SELECT more FROM t")).ShouldBe([7]);
    }

    [Fact]
    public async Task Concurrent_first_openings_migrate_once()
    {
        for (var round = 0; round < 20; round++)
        {
            var file = folder.File($"round-{round}.db");
            var databases = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(
                async () =>
                    await SqliteDatabase.OpenAsync(file, Application, Second, cancellation: Cancellation), Cancellation)));
            foreach (var database in databases)
            {
                (await Numbers(database, "SELECT more FROM t")).ShouldBeEmpty();
                await database.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Interrupted_migration_is_finished_by_the_next_start()
    {
        for (var stop = 0; ; stop++)
        {
            var file = folder.File($"stop-{stop}.db");
            var seen = 0;
            var options = new SqliteDatabaseOptions { BeforeStatement = _ => { if (seen++ == stop) throw new TimeoutException(); } };
            try
            {
                await using var database = await SqliteDatabase.OpenAsync(file, Application, Second, options, Cancellation);
            }
            catch (TimeoutException)
            {
            }
            await using var again = await SqliteDatabase.OpenAsync(file, Application, Second, cancellation: Cancellation);
            (await Numbers(again, "SELECT more FROM t")).ShouldBeEmpty();
            if (seen <= stop)
            {
                stop.ShouldBeGreaterThan(8);
                return;
            }
        }
    }

    [Fact]
    public async Task Newer_file_is_refused_and_left_unchanged()
    {
        await using (await Open(Second))
        {
        }

        var refusal = await Should.ThrowAsync<StoreUnusableException>(async () => await Open(First));

        refusal.Message.ShouldContain(File);
        refusal.Message.ShouldContain("schema 2, this build supports up to 1");
        refusal.Message.ShouldNotContain("\n");
    }

    [Fact]
    public async Task File_of_another_application_is_refused()
    {
        await using (await SqliteDatabase.OpenAsync(File, 1234, ["CREATE TABLE theirs (n)"], cancellation: Cancellation))
        {
        }

        (await Should.ThrowAsync<StoreUnusableException>(async () => await Open(First))).Message.ShouldContain(
            "a SQLite file of another application (application_id 1234");
    }

    [Fact]
    public async Task File_that_is_not_SQLite_is_refused_and_left_unchanged()
    {
        var text = string.Concat(Enumerable.Repeat("Dear diary, today ", 500));
        await System.IO.File.WriteAllTextAsync(File, text, Cancellation);

        (await Should.ThrowAsync<StoreUnusableException>(async () => await Open(First))).Message.ShouldContain("is not a SQLite file");

        (await System.IO.File.ReadAllTextAsync(File, Cancellation)).ShouldBe(text);
    }

    [Fact]
    public async Task Damaged_file_is_refused()
    {
        await using (await Open(First))
        {
        }
        await using (var file = System.IO.File.OpenWrite(File))
        {
            file.Position = 100;
            file.Write(Enumerable.Repeat((byte)0x5A, 3000).ToArray());
        }

        (await Should.ThrowAsync<StoreUnusableException>(async () => await Open(Second))).Message.ShouldContain("is damaged");
    }

    [Fact]
    public async Task Folder_that_cannot_be_created_or_written_is_named()
    {
        await System.IO.File.WriteAllTextAsync(File, "", Cancellation);
        var below = Path.Combine(File, "below", "some.db");

        (await Should.ThrowAsync<StoreUnusableException>(async () => await SqliteDatabase.OpenAsync(below, Application, First, cancellation: Cancellation)))
            .Message.ShouldContain(below);
        if (OperatingSystem.IsLinux())
            (await Should.ThrowAsync<StoreUnusableException>(
                async () =>
                    await SqliteDatabase.OpenAsync("/proc/some.db", Application, First, cancellation: Cancellation)))
                .Message.ShouldContain("/proc/some.db cannot be opened for writing");
    }

    [Fact]
    public async Task Folder_or_file_without_write_permission_is_named()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess || OperatingSystem.IsWindows(), "the superuser can write anywhere");
#pragma warning disable CA1416 // Skipped on Windows above.
        System.IO.File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            (await Should.ThrowAsync<StoreUnusableException>(async () => await Open(First))).Message.ShouldContain(
                "cannot be opened for writing");
        }
        finally
        {
            System.IO.File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
#pragma warning restore CA1416
    }

    [Fact]
    public async Task Full_file_is_reported_and_accepts_writes_once_there_is_room()
    {
        await using var database = await SqliteDatabase.OpenAsync(File, Application, First, new() { MaxPageCount = 20 }, Cancellation);
        ValueTask Insert(int n) => database.WriteAsync(
            session => { session["INSERT INTO t (n, bytes) VALUES (?, zeroblob(30000))"]
                .Bind(1, n).Run(); }, Cancellation);

        await Insert(1);
        await Insert(2);
        (await Should.ThrowAsync<SqliteFaultException>(async () => await Insert(3))).IsFull.ShouldBeTrue();
        (await Numbers(database)).ShouldBe([1, 2]);

        await database.WriteAsync(session => { session["DELETE FROM t WHERE n = 1"].Run(); }, Cancellation);
        await Insert(3);
        (await Numbers(database)).ShouldBe([2, 3]);
    }

    [Fact]
    public async Task Lock_held_too_long_is_a_busy_fault()
    {
        await using var holder = await Open(First);
        await using var waiter = await SqliteDatabase.OpenAsync(
            File, Application, First, new() { BusyTimeout = TimeSpan.Zero }, Cancellation);
        using var held = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var holding = Task.Run(
            async () => await holder.WriteAsync(
                _ =>
                {
                    held.Set();
                    release.Wait(Cancellation);
                },
                Cancellation),
            Cancellation);
        held.Wait(Cancellation);

        (await Should.ThrowAsync<SqliteFaultException>(async () => await waiter.WriteAsync(_ => { }, Cancellation))).IsBusy.ShouldBeTrue();

        release.Set();
        await holding;
        await waiter.WriteAsync(_ => { }, Cancellation);
    }

    [Fact]
    public async Task Work_after_closing_is_rejected()
    {
        var database = await Open(First);
        await database.DisposeAsync();
        await database.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(async () => await database.ReadAsync(_ => 0, Cancellation));
        await Should.ThrowAsync<ObjectDisposedException>(async () => await database.WriteAsync(_ => 0, Cancellation));
    }

    private ValueTask<SqliteDatabase> Open(string[] migrations) =>
        SqliteDatabase.OpenAsync(File, Application, migrations, cancellation: Cancellation);

    private static ValueTask<List<long>> Numbers(
        SqliteDatabase database, string query = "SELECT n FROM t ORDER BY n") =>
        database.ReadAsync(
        session =>
        {
            var numbers = new List<long>();
            var select = session[query];
            while (select.Step()) numbers.Add(select.Int64(0));
            return numbers;
        },
        Cancellation);
}
