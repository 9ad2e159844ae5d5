using System.Globalization;
using Attribution.Host.Configuration;
using Attribution.Host.Messaging;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Hosting;

/// <summary>
/// The folder that holds all a host keeps, locked by the operating system: the lock ends with the process, however it ends. In embedded mode
/// one process holds the whole folder; in server mode several share it, and each holds its instance's name. Layout: <c>attribution.db</c>,
/// <c>spool/&lt;instance&gt;.db</c>, <c>rebuild/</c> while there is one, <c>customer-keys.secret</c>, <c>logs/</c>, <c>host.lock</c>, <c>host-&lt;instance&gt;.lock</c>, and <c>.pid</c> beside a lock with its holder's process id.
/// </summary>
internal sealed class DataFolder(HostSettings settings, IOptions<BusOptions> bus) : IDisposable
{
    private readonly List<FileStream> locks = [];

    /// <summary>Full path.</summary>
    public string Path => settings.DataFolder;

    /// <summary>Full path of the folder of log files.</summary>
    public string Logs => System.IO.Path.Combine(Path, "logs");

    /// <summary>Makes the folder if it is missing and takes the lock.</summary>
    /// <exception cref="StartupException">The folder cannot be made or written, or another process holds it.</exception>
    public void Open()
    {
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"The data folder {Path} cannot be made: {e.Message} Choose another with --data.", e);
        }

        if (bus.Value.Transport == Transport.InMemory)
        {
            AcquireLock("host", FileAccess.ReadWrite, FileShare.None, "");
            return;
        }

        AcquireLock("host", FileAccess.Read, FileShare.Read, "");
        AcquireLock($"host-{settings.Instance}", FileAccess.ReadWrite, FileShare.None, $" under the name '{settings.Instance}'");
    }

    /// <inheritdoc/>
    public void Dispose() => locks.ForEach(file => file.Dispose());

    private void AcquireLock(string name, FileAccess access, FileShare share, string asWhat)
    {
        var path = System.IO.Path.Combine(Path, name);
        try
        {
            locks.Add(new FileStream(path + ".lock", FileMode.OpenOrCreate, access, share));
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException and not PathTooLongException)
        {
            throw StartupException.ForEnvironment(
                $"The data folder {Path} is in use by another host{asWhat}{DescribeHolder(path)}. Stop that one, or choose another {(asWhat.Length > 0 ? "name with --Host:Instance" : "folder with --data")}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"The data folder {Path} cannot be written: {e.Message} Choose another with --data.", e);
        }

        if (share == FileShare.None) File.WriteAllText(path + ".pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A note beside the lock, since a locked file cannot be read: worth a word in a message, never a decision.</summary>
    private static string DescribeHolder(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path + ".pid"), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? $" (process {pid})" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
