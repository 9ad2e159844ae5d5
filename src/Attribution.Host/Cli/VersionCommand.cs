using System.CommandLine;
using System.Globalization;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Formats;

namespace Attribution.Host.Cli;

/// <summary>
/// Command <c>attribution version</c>: prints the version of the program, the formats of stored documents that it reads,
/// and those that the processes of the store agreed on. It does not create a store.
/// </summary>
internal static class VersionCommand
{
    /// <summary>Adds the command.</summary>
    public static void AddTo(RootCommand root)
    {
        var version = new Command(
            "version", "Print the version, and the formats of stored documents that it reads and the store writes");
        ServeCommand.AddStoreSettings(version);
        version.SetAction((parsed, cancellation) => RunAsync(ServeCommand.GetSettings(parsed), cancellation));
        root.Add(version);
    }

    private static async Task<int> RunAsync(IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        Console.WriteLine($"Attribution {AttributionHost.Version}");
        await using var store = await StandaloneStore.OpenExistingAsync(settings, cancellation);
        if (store is null)
        {
            Console.WriteLine(string.Join('\t', "document", "readable"));
            foreach (var (kind, version) in FormatVersions.Newest.ByKind)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}\t{version}"));
            return 0;
        }

        var state = await store.Formats.ReadFormatsAsync(cancellation);
        Console.WriteLine(string.Join('\t', "document", "readable", "written", "held back by"));
        foreach (var (kind, format) in FormatAnswer.ForState(state, store.Formats.Known))
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{kind}\t{format.Readable}\t{format.Written}\t{string.Join(", ", format.HeldBackBy)}"));
        return 0;
    }
}
