using System.CommandLine;
using System.Globalization;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;

namespace Attribution.Host.Cli;

/// <summary>
/// Command <c>attribution version</c>: prints the version of the program, the formats of stored documents that it reads,
/// the data sets that it has, and those that the processes of the store agreed on. It does not create a store.
/// </summary>
internal static class VersionCommand
{
    /// <summary>Adds the command.</summary>
    public static void AddTo(RootCommand root)
    {
        var version = new Command(
            "version", "Print the version, and the formats of stored documents and data sets that it has and the store uses");
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
            var reference = StandaloneStore.ReadReference(settings);
            Console.WriteLine(string.Join('\t', "document", "readable"));
            foreach (var (kind, version) in FormatVersions.Newest.ByKind.Where(kind => !DataSetKinds.All.Contains(kind.Key)))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}\t{version}"));
            Console.WriteLine(string.Join('\t', "data set", "available"));
            Console.WriteLine(string.Join('\t', DataSetKinds.TimeZones, reference.ReadTimeZones().Version));
            Console.WriteLine(string.Join(
                '\t', DataSetKinds.Currencies, DataSetKinds.VersionOf(DataSetKinds.Currencies, Currency.ListNumber)));
            Console.WriteLine(string.Join('\t', DataSetKinds.BotRules, reference.ReadBotRules().Version));
            return 0;
        }

        var state = await store.Formats.ReadFormatsAsync(cancellation);
        Console.WriteLine(string.Join('\t', "document", "readable", "written", "held back by"));
        foreach (var (kind, format) in FormatAnswer.ForState(state, store.Formats.Known))
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{kind}\t{format.Readable}\t{format.Written}\t{string.Join(", ", format.HeldBackBy)}"));
        var sets = await DataSetsAnswer.ReadAsync(store.DataSets, state, store.Formats.Known, cancellation);
        Console.WriteLine(string.Join('\t', "data set", "available", "in use", "held back by"));
        foreach (var (kind, set) in sets.ByKind)
            Console.WriteLine(string.Join('\t', kind, set.Available, set.Version, string.Join(", ", set.HeldBackBy)));
        return 0;
    }
}
