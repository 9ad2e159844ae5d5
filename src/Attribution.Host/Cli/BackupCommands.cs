using System.CommandLine;
using System.Text.Json;
using Attribution.Core.Values;
using Attribution.Host.Backup;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Rollup;
using Attribution.Storage.Runs;

namespace Attribution.Host.Cli;

/// <summary>
/// Commands <c>attribution backup</c>, which copies a data folder while hosts use it, and <c>attribution restore</c>,
/// which copies a backup into a data folder and compares its rollups with its journeys.
/// </summary>
internal static class BackupCommands
{
    private static readonly Option<string> To = new("--to") { Description = "Folder of the backup: new, or empty", Required = true };
    private static readonly Option<string> From = new("--from") { Description = "Folder of the backup", Required = true };

    /// <summary>Adds the commands.</summary>
    public static void AddTo(RootCommand root)
    {
        Add(root, "backup", "Copy the store, the spools and the secret of a data folder, with or without a running host", To, BackUpAsync);
        Add(root, "restore", "Copy a backup into a data folder without a store, and compare its rollups with its journeys", From, RestoreAsync);
    }

    private static void Add(
        RootCommand root, string name, string description, Option<string> folder,
        Func<string, IReadOnlyCollection<string>, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description) { folder };
        ServeCommand.AddStoreSettings(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await run(Path.GetFullPath(parsed.GetValue(folder)!), ServeCommand.GetSettings(parsed), cancellation);
            }
            catch (OperationCanceledException)
            {
                await Console.Error.WriteLineAsync("Stopped.");
                return 1;
            }
        });
        root.Add(command);
    }

    private static async Task<int> BackUpAsync(string folder, IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        var host = ReadSettings(settings);
        var began = Timestamp.From(TimeProvider.System.GetUtcNow());
        var manifest = await TransferProgress.RunAsync(
            "backup", new BackupWriter(host, _ => { }).Measure(),
            progress => Task.FromResult(new BackupWriter(host, progress.Advance).Write(folder, began, cancellation)));
        Console.WriteLine($"Backup complete: {Describe(manifest)} in {folder}");
        if (!File.Exists(host.CustomerKeyFile))
            await Console.Error.WriteLineAsync(
                "The secret of customer keys is not in the data folder. Keep a copy of Ingest:CustomerKeySecret or its file with the "
                + "backup: without it the store cannot be used.");
        return 0;
    }

    private static async Task<int> RestoreAsync(string folder, IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        var host = ReadSettings(settings);
        var manifest = BackupManifest.Read(folder);
        var restored = await TransferProgress.RunAsync("restore", manifest.Bytes, async progress =>
        {
            var restorer = new BackupRestorer(host, progress.Advance);
            await restorer.RestoreAsync(folder, manifest, cancellation);
            return restorer;
        });
        int exitCode;
        try
        {
            exitCode = await ReconcileAsync(settings, cancellation);
        }
        catch (StartupException)
        {
            restored.Remove(manifest);
            throw;
        }

        Console.WriteLine($"Restored: {Describe(manifest)} in {host.DataFolder}, with every event accepted before {manifest.Began}");
        return exitCode;
    }

    /// <summary>Reconciles the restored store in this process, before any host listens or attributes.</summary>
    private static async Task<int> ReconcileAsync(IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        await using var app = await AttributionHost.BuildAsync(
            [.. settings, "--urls=http://127.0.0.1:0", "--Host:Roles=ingest,attribute,rollup,report", "--Bus:Transport=InMemory"],
            cancellation: cancellation);
        var now = Timestamp.From(TimeProvider.System.GetUtcNow());
        var run = new RunDocument
        {
            Id = new IdGenerator(TimeProvider.System).Next(), Kind = RunNames.Reconcile, Request = [], CreatedAt = now, UpdatedAt = now,
        };
        try
        {
            var result = await app.Services.GetRequiredService<ReconcileRun>().RunAsync(run, new RunProgress(), cancellation);
            return await OperationsCommands.PrintReconciledAsync(JsonDocument.Parse(result).RootElement);
        }
        catch (RunRefusedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static HostSettings ReadSettings(IReadOnlyCollection<string> settings)
    {
        var (host, store, _) = StandaloneStore.ReadOptions(settings);
        return store.Kind == StoreKind.Sqlite ? host
            : throw StartupException.ForConfiguration([
                "Store:Kind: 'backup' and 'restore' copy a SQLite store. Back up MongoDB with its own tools (docs/operations/backup.md)."]);
    }

    private static string Describe(BackupManifest manifest) =>
        $"{CommandOutput.FormatCount(manifest.Files.Count, "file")}, {CommandOutput.FormatCount(manifest.Bytes, "byte")}";
}
