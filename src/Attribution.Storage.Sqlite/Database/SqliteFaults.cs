using SQLitePCL;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>Sentences for people about faults of SQLite files: the problem, its place and its remedy.</summary>
internal static class SqliteFaults
{
    private const int TooManyOpenFiles = 24; // EMFILE
    private const long AlmostNoSpace = 1 << 20;

    /// <summary>Returns the sentence for a fault of a file.</summary>
    public static string Describe(string path, SqliteFaultException fault) => fault.PrimaryCode switch
    {
        raw.SQLITE_FULL or raw.SQLITE_IOERR when IsDiskFull(path) =>
            $"{path} cannot grow: the disk is full. Free space on it, or enlarge it; nothing accepted is lost.",
        raw.SQLITE_FULL => $"{path} cannot grow: its maximum size, or a quota of the disk, is reached. Raise the limit, or wait until it is drained.",
        raw.SQLITE_CANTOPEN or raw.SQLITE_IOERR when AreHandlesExhausted() =>
            $"{path} cannot be opened: this process has as many files open as it may. Raise the limit (ulimit -n, LimitNOFILE).",
        raw.SQLITE_NOTADB => $"{path} is not a SQLite file, or its beginning is damaged. Restore it from a backup, "
            + "or move it away and start with an empty one.",
        raw.SQLITE_CORRUPT =>
            $"{path} is damaged ({fault.Message}). Stop the host and restore the file from a backup, or move it away and start with an empty one.",
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN =>
            $"{path} cannot be opened for writing: the file, its folder or the disk is read-only for this user. Make it writable, or name another data folder.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"{path} is locked by another process. Stop that process, or name another file or data folder.",
        raw.SQLITE_IOERR => $"{path} cannot be read or written: the disk reports an error ({fault.Message}). Check the disk.",
        _ => $"{path} cannot be used: {fault.Message}.",
    };

    /// <summary>Returns true if the disk of a file has less than a megabyte of free space; false too if it does not state it.</summary>
    public static bool IsDiskFull(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace < AlmostNoSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The file system does not tell; the sentence is less exact.
            return false;
        }
    }

    private static bool AreHandlesExhausted()
    {
        try
        {
            using var file = File.OpenHandle(OperatingSystem.IsWindows() ? "NUL" : "/dev/null");
            return false;
        }
        catch (IOException e)
        {
            return e.HResult == TooManyOpenFiles;
        }
    }
}
