using System.Globalization;
using Attribution.Host.Configuration;
using Attribution.Host.Messaging;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Hosting;

/// <summary>
/// Folder with all data of a host, locked by the operating system: the lock ends with the process, even after a crash.
/// In embedded mode one process locks the whole folder. In server mode several processes share it, and each locks the
/// name of its instance. Layout: <c>attribution.db</c>, <c>spool/&lt;instance&gt;.db</c>, a <c>.mark</c> next to each, <c>rebuild/</c> during a
/// rebuild, <c>customer-keys.secret</c>, <c>logs/</c>, <c>host.lock</c>, <c>host-&lt;instance&gt;.lock</c>, and next to
/// each exclusive lock a <c>.pid</c> file with its holder's process id.
/// </summary>
internal sealed class DataFolder(HostSettings settings, IOptions<BusOptions> bus) : IDisposable
{
    // Error numbers of Linux; .NET reports them as the result of an IOException.
    private const int WouldBlock = 11, TooManyOpenFilesInSystem = 23, TooManyOpenFiles = 24, NoSpace = 28, ReadOnlyFileSystem = 30;
    private const int QuotaExceeded = 122;

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
            throw StartupException.ForEnvironment($"The data folder {Path} cannot be created: {Describe(e)}", e);
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
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            var alternative = qualifier.Length > 0 ? "name with --Host:Instance" : "folder with --data";
            throw StartupException.ForEnvironment(
                $"The data folder {Path} is in use by another host{qualifier}{DescribeHolder(path)}. Stop that host, or choose another {alternative}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"The data folder {Path} cannot be written: {Describe(e)}", e);
        }

        if (share != FileShare.None) return;
        try
        {
            File.WriteAllText(path + ".pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"The data folder {Path} cannot be written: {Describe(e)}", e);
        }
    }

    /// <summary>Returns the cause and its remedy.</summary>
    private static string Describe(Exception e) => e.HResult switch
    {
        NoSpace or QuotaExceeded => "the disk is full. Free space on it, or choose another folder with --data.",
        ReadOnlyFileSystem => "the disk is mounted read-only. Mount it writable, or choose another folder with --data.",
        TooManyOpenFiles or TooManyOpenFilesInSystem =>
            "this process has as many files open as it may. Raise the limit (ulimit -n, LimitNOFILE).",
        _ when e is UnauthorizedAccessException =>
            $"{e.Message} Allow this user to write the folder, or choose another with --data.",
        _ => $"{e.Message} Choose another with --data.",
    };

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
