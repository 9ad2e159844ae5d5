using System.Globalization;
using Attribution.Host.Configuration;
using Attribution.Host.Messaging;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Hosting;

/// <summary>
/// Folder with all data of a host, locked by the operating system: the lock ends with the process, even after a crash.
/// In embedded mode one process locks the whole folder. In server mode several processes share it, and each locks the
/// name of its instance. Layout: <c>attribution.db</c>, <c>spool/&lt;instance&gt;.db</c>, <c>rebuild/</c> during a
/// rebuild, <c>customer-keys.secret</c>, <c>logs/</c>, <c>host.lock</c>, <c>host-&lt;instance&gt;.lock</c>, and next to
/// each exclusive lock a <c>.pid</c> file with its holder's process id.
/// </summary>
internal sealed class DataFolder(HostSettings settings, IOptions<BusOptions> bus) : IDisposable
{
    private readonly List<FileStream> locks = [];

    /// <summary>Gets the full path of the folder.</summary>
    public string Path => settings.DataFolder;

    /// <summary>Gets the full path of the folder with log files.</summary>
    public string Logs => System.IO.Path.Combine(Path, "logs");

    /// <summary>Creates the folder if it is missing, and locks it.</summary>
    /// <exception cref="StartupException">
    /// The folder cannot be created or written, or another process has locked it.
    /// </exception>
    public void Open()
    {
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"The data folder {Path} cannot be created: {e.Message} Choose another with --data.", e);
        }

        if (bus.Value.Transport == Transport.InMemory)
        {
            AcquireLock("host", FileAccess.ReadWrite, FileShare.None, "");
            return;
        }

        AcquireLock("host", FileAccess.Read, FileShare.Read, "");
        AcquireLock($"host-{settings.Instance}", FileAccess.ReadWrite, FileShare.None, $" with the instance name '{settings.Instance}'");
    }

    /// <inheritdoc/>
    public void Dispose() => locks.ForEach(file => file.Dispose());

    private void AcquireLock(string name, FileAccess access, FileShare share, string qualifier)
    {
        var path = System.IO.Path.Combine(Path, name);
        try
        {
            locks.Add(new FileStream(path + ".lock", FileMode.OpenOrCreate, access, share));
        }
        catch (IOException e) when (
            e is not FileNotFoundException and not DirectoryNotFoundException and not PathTooLongException)
        {
            var alternative = qualifier.Length > 0 ? "name with --Host:Instance" : "folder with --data";
            throw StartupException.ForEnvironment(
                $"The data folder {Path} is in use by another host{qualifier}{DescribeHolder(path)}. Stop that host, or choose another {alternative}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"The data folder {Path} cannot be written: {e.Message} Choose another with --data.", e);
        }

        if (share == FileShare.None)
            File.WriteAllText(path + ".pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Returns the holder's process id from the <c>.pid</c> file; empty if unknown. A locked file itself cannot be
    /// read. Used for messages only.
    /// </summary>
    private static string DescribeHolder(string path)
    {
        try
        {
            var text = File.ReadAllText(path + ".pid");
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                ? $" (process {pid})"
                : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
