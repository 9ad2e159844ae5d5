namespace Attribution.Host.Hosting;

/// <summary>A writer of small files that are never seen half written.</summary>
internal static class AtomicFile
{
    /// <summary>Replaces a file, or creates it, once its contents are complete.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or the folder may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> contents)
    {
        File.WriteAllBytes(path + ".new", contents);
        File.Move(path + ".new", path, overwrite: true);
    }
}
