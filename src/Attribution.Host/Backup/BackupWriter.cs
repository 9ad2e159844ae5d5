using System.Security.Cryptography;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest;
using Attribution.Storage;
using Attribution.Storage.Sqlite;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Host.Backup;

/// <summary>
/// Backup of a data folder while hosts use it. An event leaves the spool only after the store has it. The spools are
/// therefore copied before the store: an event that was accepted before the backup began is in one of the copies or in
/// both, and an event in both counts once.
/// </summary>
/// <param name="host">Settings that name the data folder.</param>
/// <param name="copied">Called with the number of bytes copied since the previous call.</param>
internal sealed class BackupWriter(HostSettings host, Action<long> copied)
{
    /// <summary>Returns the greatest size of the copies in bytes: that of the files with their write-ahead logs.</summary>
    /// <exception cref="StartupException">There is no store.</exception>
    public long Measure() => Sources().SelectMany(file => new[] { file.Path, file.Path + "-wal" })
        .Select(path => new FileInfo(path)).Sum(file => file.Exists ? file.Length : 0);

    /// <summary>Writes the backup into a new or empty folder.</summary>
    /// <exception cref="StartupException">There is no store, or the folder contains something or cannot be written.</exception>
    public BackupManifest Write(string folder, Timestamp began, CancellationToken cancellation)
    {
        try
        {
            CreateEmpty(folder);
            var (files, schema) = (new List<BackupFile>(), 0);
            foreach (var (path, applicationId) in Sources())
            {
                var name = Path.GetRelativePath(host.DataFolder, path);
                var target = Path.Combine(folder, name);
                CreatePrivate(Path.GetDirectoryName(target)!);
                if (applicationId is { } id) schema = SqliteBackup.Copy(path, target, id, copied, cancellation);
                else File.Copy(path, target);
                files.Add(Describe(folder, name.Replace(Path.DirectorySeparatorChar, '/')));
            }

            // The store is the last source, so its schema is the one that remains.
            var manifest = new BackupManifest(AttributionHost.Version, began.ToString(), schema, files);
            manifest.Write(folder);
            return manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreFaultException or StoreUnusableException)
        {
            throw StartupException.ForEnvironment($"The backup was not completed: {e.Message}", e);
        }
    }

    /// <summary>Returns the files in the order in which they must be copied. Files without a number are not SQLite's.</summary>
    private IEnumerable<(string Path, int? ApplicationId)> Sources()
    {
        if (!File.Exists(host.StoreFile))
            throw StartupException.ForEnvironment($"There is no store in {host.DataFolder}; name the data folder with --data.");
        if (Directory.Exists(host.SpoolFolder))
            foreach (var spool in Directory.GetFiles(host.SpoolFolder, "*.db").Order(StringComparer.Ordinal))
                yield return (spool, Spool.ApplicationId);
        if (File.Exists(host.CustomerKeyFile)) yield return (host.CustomerKeyFile, null);
        yield return (host.StoreFile, SqliteStore.ApplicationId);
    }

    private static void CreateEmpty(string folder)
    {
        CreatePrivate(folder);
        if (Directory.EnumerateFileSystemEntries(folder).Any())
            throw StartupException.ForEnvironment($"{folder} is not empty; name a new folder with --to.");
    }

    /// <summary>Creates a folder that only this user can read: the backup contains secrets.</summary>
    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static BackupFile Describe(string folder, string name)
    {
        using var file = File.Open(Path.Combine(folder, name), FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
        return new(name, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
    }
}
