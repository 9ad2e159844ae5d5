using System.Text.Json;
using Attribution.Host.Hosting;
using Attribution.Storage.Sqlite;

namespace Attribution.Host.Backup;

/// <summary>Contents of a backup, stored as <c>backup.json</c>. It is written last: a folder without it is no complete backup.</summary>
/// <param name="Build">Version of the program that made the backup.</param>
/// <param name="Began">Time at which the backup began. Every event accepted before is contained.</param>
/// <param name="Schema">Schema version of the store.</param>
/// <param name="Files">The files.</param>
internal sealed record BackupManifest(string Build, string Began, int Schema, IReadOnlyList<BackupFile> Files)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "backup.json";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    };

    /// <summary>Gets the sum of the sizes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary>Writes the manifest into the folder of the backup.</summary>
    public void Write(string folder) =>
        File.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, Format));

    /// <summary>Reads the manifest of a backup that this build can restore.</summary>
    /// <exception cref="StartupException">There is none, it is damaged, or a newer build made the backup.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(path), Format)
                ?? throw new JsonException("it is empty");
            foreach (var file in manifest.Files) Resolve(folder, file.Path);
            if (manifest.Schema > SqliteStore.SchemaVersion)
                throw StartupException.ForEnvironment(
                    $"The backup was made by a newer version, {manifest.Build} (schema {manifest.Schema}, this build supports up to "
                    + $"{SqliteStore.SchemaVersion}). Restore it with that version.");
            return manifest;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw StartupException.ForEnvironment(
                $"{folder} is not a complete backup: it contains no {FileName}, which is written last.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw StartupException.ForEnvironment($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Returns the full path of a file of a backup in a folder.</summary>
    /// <exception cref="JsonException">The path leads out of the folder.</exception>
    public static string Resolve(string folder, string path)
    {
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var resolved = Path.GetFullPath(path, root);
        return resolved.StartsWith(root, StringComparison.Ordinal) ? resolved
            : throw new JsonException($"'{path}' leads out of the folder");
    }
}

/// <summary>File of a backup.</summary>
/// <param name="Path">Path relative to the data folder, with <c>/</c>.</param>
/// <param name="Bytes">Size in bytes.</param>
/// <param name="Sha256">SHA-256 of the contents in lower-case hexadecimal digits.</param>
internal sealed record BackupFile(string Path, long Bytes, string Sha256);
