using System.CommandLine;
using System.Text.Json;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Configuration;

namespace Attribution.Host.Cli;

/// <summary>
/// Commands <c>attribution import</c> and <c>attribution events</c>, which send a file to a running host and report
/// each rejected line, and <c>attribution export</c>, which downloads a file that can be imported.
/// </summary>
internal static class TransferCommands
{
    private static readonly string[] Kinds = [.. Enum.GetNames<CatalogKind>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];

    /// <summary>Adds the commands.</summary>
    public static void AddTo(RootCommand root)
    {
        root.Add(CreateImportCommand());
        root.Add(CreateExportCommand());
        root.Add(CreateEventsCommand());
    }

    private static Command CreateImportCommand()
    {
        var kind = CreateKindArgument();
        var file = CreateFileArgument(
            "CSV with a header (.csv), or one JSON object per line (.ndjson, .jsonl); for fx-rates also the files of the European "
            + "Central Bank (.csv, .xml, .zip)", FindExtensionFault);
        var url = CreateUrlOption();
        var dryRun = new Option<bool>("--dry-run") { Description = "Check every line, write nothing" };
        var command = new Command(
            "import", "Import a file of creators, campaigns, links, … into the catalog of a running host")
        {
            kind, file, url, dryRun,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(url)!, parsed.GetValue(file)!, (client, progress) =>
            CatalogTransfer.SendAsync(client, parsed.GetValue(kind)!, parsed.GetValue(file)!, parsed.GetValue(dryRun), progress, cancellation)));
        return command;
    }

    private static Command CreateExportCommand()
    {
        var kind = CreateKindArgument();
        var file = new Argument<FileInfo>("file") { Description = "File to write; the extension .csv or .ndjson selects the format" };
        file.Validators.Add(result =>
        {
            var given = result.GetValueOrDefault<FileInfo>();
            if (CatalogTransfer.GetMediaType(given) is not ("text/csv" or "application/x-ndjson"))
                result.AddError($"'{given}' must have the extension .csv, .ndjson or .jsonl, which selects the format.");
        });
        var url = CreateUrlOption();
        var command = new Command(
            "export", "Write all creators, campaigns, links, … of a running host to a file that can be imported")
        {
            kind, file, url,
        };
        command.SetAction((parsed, cancellation) => HandleFailuresAsync(parsed.GetValue(file)!, async () =>
        {
            using var client = new HostClient(new Uri(parsed.GetValue(url)!));
            await CatalogTransfer.FetchAsync(client, parsed.GetValue(kind)!, parsed.GetValue(file)!, cancellation);
            return 0;
        }));
        return command;
    }

    private static string? FindExtensionFault(FileInfo given) =>
        CatalogTransfer.GetMediaType(given) is null
            ? $"'{given}' must have the extension .csv, .ndjson or .jsonl (rates also .xml or .zip), which selects the format."
            : null;

    private static Argument<string> CreateKindArgument()
    {
        var kind = new Argument<string>("kind") { Description = string.Join(", ", Kinds) };
        kind.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } given && !Kinds.Contains(given))
                result.AddError($"Unknown kind '{given}'{SimilarNames.Suggest(given, Kinds)}; the kinds are {string.Join(", ", Kinds)}.");
        });
        return kind;
    }

    private static Command CreateEventsCommand()
    {
        var file = CreateFileArgument("One event per line (NDJSON)", _ => null);
        var url = CreateUrlOption();
        var command = new Command("events", "Send a file of events to a running host; sending it again is safe") { file, url };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(url)!, parsed.GetValue(file)!, (client, progress) =>
            EventsSender.SendAsync(client, parsed.GetValue(file)!, progress, cancellation)));
        return command;
    }

    private static Task<int> RunAsync(
        string url, FileInfo file, Func<HostClient, TransferProgress, Task<TransferResult>> send) =>
        HandleFailuresAsync(file, async () =>
        {
            using var client = new HostClient(new Uri(url));
            var result = await TransferProgress.RunAsync(file.Name, file.Length, progress => send(client, progress));
            Console.WriteLine($"{result.Accepted} accepted, {result.Rejected} rejected");
            return result.Rejected == 0 ? 0 : 1;
        });

    private static async Task<int> HandleFailuresAsync(FileInfo file, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (HostClientException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{file} cannot be read or written: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped; running the command again is safe.");
            return 1;
        }
    }

    private static Argument<FileInfo> CreateFileArgument(string description, Func<FileInfo, string?> findFault)
    {
        var file = new Argument<FileInfo>("file") { Description = description };
        file.Validators.Add(result =>
        {
            var given = result.GetValueOrDefault<FileInfo>();
            if ((given.Exists ? findFault(given) : $"The file '{given}' does not exist.") is { } fault)
                result.AddError(fault);
        });
        return file;
    }

    /// <summary>Creates the option <c>--url</c>, the address of the host.</summary>
    public static Option<string> CreateUrlOption()
    {
        var url = new Option<string>("--url")
        {
            Description = "Address of the running host", DefaultValueFactory = _ => ListenAddresses.Default,
        };
        url.Validators.Add(result =>
        {
            var given = result.GetValueOrDefault<string>();
            if (!Uri.TryCreate(given, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                result.AddError(
                    $"--url: '{given}' is not the address of a host; specify for example {ListenAddresses.Default}.");
        });
        return url;
    }
}
