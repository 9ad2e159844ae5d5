using System.Globalization;

namespace Attribution.Host.Hosting;

/// <summary>
/// The folder that holds all a host keeps, locked for one process by the operating system: the lock ends with the process, however it ends.
/// Layout: <c>attribution.db</c>, <c>spool/&lt;instance&gt;.db</c>, <c>logs/</c>, <c>host.lock</c>, and <c>host.pid</c> with the holder's process id.
/// </summary>
public sealed class DataFolder(HostSettings settings) : IDisposable
{
    private FileStream? held;

    /// <summary>Full path.</summary>
    public string Path => settings.DataFolder;

    /// <summary>Full path of the SQLite store.</summary>
    public string StoreFile => System.IO.Path.Combine(Path, "attribution.db");

    /// <summary>Full path of the folder of log files.</summary>
    public string Logs => System.IO.Path.Combine(Path, "logs");

    private string LockFile => System.IO.Path.Combine(Path, "host.lock");

    private string HolderFile => System.IO.Path.Combine(Path, "host.pid");

    /// <summary>Makes the folder if it is missing and takes the lock.</summary>
    /// <exception cref="StartRefusedException">The folder cannot be made or written, or another process holds it.</exception>
    public void Open()
    {
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartRefusedException.ForSurroundings($"The data folder {Path} cannot be made: {e.Message} Choose another with --data.", e);
        }

        FileStream file;
        try
        {
            file = new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException and not PathTooLongException)
        {
            throw StartRefusedException.ForSurroundings(
                $"The data folder {Path} is in use by another host{Holder()}. Stop that one, or choose another folder with --data.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartRefusedException.ForSurroundings($"The data folder {Path} cannot be written: {e.Message} Choose another with --data.", e);
        }

        held = file;
        File.WriteAllText(HolderFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public void Dispose() => held?.Dispose();

    /// <summary>A note beside the lock, since a locked file cannot be read: worth a word in a message, never a decision.</summary>
    private string Holder()
    {
        try
        {
            return int.TryParse(File.ReadAllText(HolderFile), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? $" (process {pid})" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
