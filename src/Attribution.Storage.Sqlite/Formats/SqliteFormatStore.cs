using System.Collections.Immutable;
using Attribution.Core.Values;
using Attribution.Storage.Formats;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Formats;

/// <summary>Processes and agreed versions of formats in SQLite.</summary>
internal sealed class SqliteFormatStore(SqliteDatabase database, FormatVersions known) : FormatStore(known)
{
    /// <inheritdoc/>
    public override ValueTask RemoveProcessAsync(string id, CancellationToken cancellation) =>
        database.WriteAsync(
            session => { session["DELETE FROM processes WHERE id = ?"].Bind(1, id).Run(); }, cancellation);

    /// <inheritdoc/>
    public override ValueTask<FormatState> ReadFormatsAsync(CancellationToken cancellation) =>
        database.ReadAsync(Read, cancellation);

    /// <inheritdoc/>
    protected override ValueTask<FormatState> UpdateStateAsync(
        RegisteredProcess? process, Timestamp now, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var before = Read(session);
                var state = before.Update(Known, process, now);
                if (state.MakesJourneysStale(before)) SqliteMeta.MakeJourneysStale(session);
                session["DELETE FROM processes"].Run();
                foreach (var live in state.Processes)
                    session["INSERT INTO processes (id, build, formats, until) VALUES (?, ?, ?, ?)"]
                        .Bind(1, live.Id).Bind(2, live.Build).Bind(3, live.Known.ToString())
                        .Bind(4, live.Until.UnixMilliseconds).Run();
                session["UPDATE meta SET value = ? WHERE key = 'formats'"].Bind(1, state.Agreed.ToString()).Run();
                return state;
            },
            cancellation);

    private static FormatState Read(SqliteSession session)
    {
        var agreed = session["SELECT value FROM meta WHERE key = 'formats'"];
        var versions = FormatVersions.Parse(agreed.Step() ? agreed.Text(0) : "");
        agreed.Reset();
        var processes = ImmutableArray.CreateBuilder<RegisteredProcess>();
        var select = session["SELECT id, build, formats, until FROM processes ORDER BY id"];
        while (select.Step())
            processes.Add(new(select.Text(0), select.Text(1), FormatVersions.Parse(select.Text(2)), select.Timestamp(3)));
        select.Reset();
        return new(versions, processes.ToImmutable());
    }
}
