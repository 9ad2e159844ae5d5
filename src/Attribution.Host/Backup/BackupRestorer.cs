using System.Security.Cryptography;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Messaging;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Backup;

/// <summary>
/// Restore of a backup into a data folder without a store. Files get their names only after all of them were copied and
/// compared with the manifest; the store gets its name last.
/// </summary>
/// <param name="host">Settings that name the data folder.</param>
/// <param name="copied">Called with the number of bytes copied since the previous call.</param>
internal sealed class BackupRestorer(HostSettings host, Action<long> copied)
{
    private const string Unfinished = ".restoring";

    /// <summary>Copies the files of a backup.</summary>
    /// <exception cref="StartupException">The folder contains data or is in use, or a file is missing or damaged.</exception>
    public async Task RestoreAsync(string from, BackupManifest manifest, CancellationToken cancellation)
    {
        using var folder = new DataFolder(host, Options.Create(new BusOptions()));
        RequireNoData();
        folder.Open();
        try
        {
            foreach (var file in manifest.Files) await CopyAsync(from, file, cancellation);
            foreach (var file in manifest.Files) File.Move(Target(file) + Unfinished, Target(file));
        }
        catch (Exception e)
        {
            Remove(manifest);
            if (e is IOException or UnauthorizedAccessException)
                throw StartupException.ForEnvironment($"The backup was not restored: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Removes the restored files again, because the store cannot be used.</summary>
    public void Remove(BackupManifest manifest)
    {
        foreach (var target in manifest.Files.Select(Target))
            foreach (var path in (string[])[target, target + Unfinished, target + "-wal", target + "-shm", Path.ChangeExtension(target, ".mark")])
                File.Delete(path);
    }

    private void RequireNoData()
    {
        string[] taken = [host.StoreFile, host.CustomerKeyFile, .. Directory.Exists(host.SpoolFolder) ? Directory.GetFiles(host.SpoolFolder) : []];
        if (taken.FirstOrDefault(File.Exists) is { } path)
            throw StartupException.ForEnvironment(
                $"{path} exists, and a restore replaces nothing. Move the data folder away, or name another with --data.");
    }

    private async Task CopyAsync(string from, BackupFile file, CancellationToken cancellation)
    {
        var target = Target(file) + Unfinished;
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var source = File.OpenRead(BackupManifest.Resolve(from, file.Path)))
        await using (var written = new FileStream(target, CreatePrivate()))
        {
            var buffer = new byte[1 << 20];
            while (await source.ReadAsync(buffer, cancellation) is var count and > 0)
            {
                hash.AppendData(buffer, 0, count);
                await written.WriteAsync(buffer.AsMemory(0, count), cancellation);
                copied(count);
            }

            written.Flush(flushToDisk: true);
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
            throw StartupException.ForEnvironment(
                $"{Path.Combine(from, file.Path)} is damaged: its contents differ from {BackupManifest.FileName}. Restore another backup.");
    }

    private string Target(BackupFile file) => BackupManifest.Resolve(host.DataFolder, file.Path);

    private static FileStreamOptions CreatePrivate()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
