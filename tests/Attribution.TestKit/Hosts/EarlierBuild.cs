using System.Diagnostics;

namespace Attribution.TestKit.Hosts;

/// <summary>Builds of earlier commits, made from the history of the repository.</summary>
public static class EarlierBuild
{
    /// <summary>Version 1.0.0. Its processes do not register in the store.</summary>
    public const string FirstRelease = "a10d892";

    /// <summary>The last build that does not read journeys with a head.</summary>
    public const string BeforeHeads = "af8b15d";

    private static readonly TimeSpan BuildTimeout = TimeSpan.FromMinutes(15);

    /// <summary>Returns the reason why a commit cannot be built; null if it can.</summary>
    public static async Task<string?> FindMissingReasonAsync(string commit, CancellationToken cancellation) =>
        await RunAsync(TestData.Repository, ["git", "cat-file", "-e", commit + "^{commit}"], cancellation) is null
            ? null
            : $"the history of the repository does not have the commit {commit}; get it with git fetch --unshallow";

    /// <summary>Builds a commit. The build is kept in the temporary folder for other tests.</summary>
    /// <returns>The path of the program.</returns>
    /// <exception cref="InvalidOperationException">The build failed.</exception>
    public static async Task<string> BuildAsync(string commit, CancellationToken cancellation)
    {
        var kept = Path.Combine(Path.GetTempPath(), "attribution-builds", commit);
        var program = Path.Combine(kept, "attribution.dll");
        if (File.Exists(program)) return program;
        using var folder = new TempFolder();
        var sources = folder.File("sources");
        Directory.CreateDirectory(sources);
        string[][] steps =
        [
            ["git", "-C", TestData.Repository, "archive", "--output", folder.File("sources.tar"), commit],
            ["tar", "-xf", folder.File("sources.tar")],
            ["dotnet", "build", Path.Combine("src", "Attribution.Host"), "-c", "Release", "-v", "q", "--nologo", "-p:RunAnalyzers=false", "-nodeReuse:false"],
        ];
        foreach (var step in steps)
            if (await RunAsync(sources, step, cancellation) is { } output)
                throw new InvalidOperationException($"{string.Join(' ', step)} failed.{Environment.NewLine}{output}");
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        Directory.Move(Path.Combine(sources, "src", "Attribution.Host", "bin", "Release", "net10.0"), kept);
        return program;
    }

    /// <summary>Runs a program. Returns null after a success, otherwise its output.</summary>
    private static async Task<string?> RunAsync(string folder, string[] command, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(BuildTimeout);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0 ? null : await output + await errors;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
