using System.ComponentModel;
using System.Diagnostics;

namespace Attribution.TestKit;

/// <summary>
/// A temporary folder with packages of npm, for the libraries of senders and readers, and for lists that are not part of
/// this repository.
/// </summary>
public sealed class NpmFolder : IDisposable
{
    private readonly TempFolder folder = new();

    private NpmFolder()
    {
    }

    /// <summary>Installs packages, each as <c>name@version</c>.</summary>
    /// <returns>The folder, or the reason why the packages could not be installed.</returns>
    public static async Task<(NpmFolder? Folder, string Missing)> InstallAsync(CancellationToken cancellation, params string[] packages)
    {
        var npm = new NpmFolder();
        try
        {
            var (exit, output) = await npm.ExecuteAsync(
                "npm", ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", npm.folder.Path, .. packages], cancellation);
            if (exit == 0) return (npm, "");
            npm.Dispose();
            return (null, $"npm could not install {string.Join(' ', packages)}: {output}");
        }
        catch (Win32Exception)
        {
            npm.Dispose();
            return (null, "npm is not on this machine");
        }
    }

    /// <summary>Returns the path of a file.</summary>
    public string File(string name) => folder.File(name);

    /// <summary>Runs a JavaScript module that may import the packages, and returns its output.</summary>
    /// <exception cref="InvalidOperationException">It failed. The message contains its output.</exception>
    public async Task<string> RunAsync(string module, CancellationToken cancellation, params string[] arguments)
    {
        var file = File($"{Guid.CreateVersion7():N}.mjs");
        await System.IO.File.WriteAllTextAsync(file, module, cancellation);
        var (exit, output) = await ExecuteAsync("node", [file, .. arguments], cancellation);
        return exit == 0 ? output.Trim() : throw new InvalidOperationException(output);
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();

    private async Task<(int Exit, string Output)> ExecuteAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["no_proxy"] = "127.0.0.1", ["NO_PROXY"] = "127.0.0.1" },
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await errors);
    }
}
