using System.Diagnostics;

namespace Attribution.TestKit;

/// <summary>A small disk of a test's own (tmpfs), which only the superuser can mount. Disposing it unmounts it.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TempFolder folder;

    private SmallDisk(TempFolder folder) => this.folder = folder;

    /// <summary>Gets the folder that is the disk.</summary>
    public string Path => folder.Path;

    private string Filler => folder.File("filler");

    /// <summary>Mounts a disk; null if this machine does not allow it.</summary>
    public static SmallDisk? TryMount(int megabytes)
    {
        var folder = new TempFolder();
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder.Path)) return new(folder);
        folder.Dispose();
        return null;
    }

    /// <summary>Fills the disk until nothing more fits.</summary>
    public void Fill()
    {
        using var file = File.Open(Filler, FileMode.Append);
        var block = new byte[4096];
        try
        {
            while (true) RandomAccess.Write(file.SafeFileHandle, block, RandomAccess.GetLength(file.SafeFileHandle));
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Removes what filled the disk.</summary>
    public void Free() => File.Delete(Filler);

    /// <summary>Makes the disk read-only.</summary>
    public void MakeReadOnly()
    {
        if (!Run("mount", "-o", "remount,ro", Path)) throw new InvalidOperationException("The disk cannot be made read-only.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Run("umount", "-l", Path);
        folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux()) return false;
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
