using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Ingest.Imports;

namespace Attribution.Host.Cli;

/// <summary>
/// Commands <c>attribution import</c> and <c>attribution events</c>, which send a file to a running host and report
/// each rejected line, and <c>attribution export</c>, which downloads a file that can be imported.
/// </summary>
internal static class TransferCommands
{
    private static readonly string[] Kinds = [.. Enum.GetNames<CatalogKind>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];

    /// <summary>Kind of a file with a shop's orders.</summary>
    private const string Orders = "orders";

    /// <summary>Adds the commands.</summary>
    public static void AddTo(RootCommand root)
    {
        root.Add(CreateImportCommand());
        root.Add(CreateExportCommand());
        root.Add(CreateEventsCommand());
    }

    private static Command CreateImportCommand()
    {
        var kind = CreateKindArgument([.. Kinds, Orders]);
        var file = CreateFileArgument(
            "CSV with a header (.csv), or one JSON object per line (.ndjson, .jsonl); for fx-rates also the files of the European "
            + "Central Bank (.csv, .xml, .zip); for orders the shop's export (.csv) or documents of its API (.json, .ndjson)", _ => null);
        var url = CreateUrlOption();
        var dryRun = new Option<bool>("--dry-run") { Description = "Check every line, write nothing; for orders, print what would be credited and paid" };
        var format = new Option<string>("--format") { Description = $"Format of orders: {OrderFormats.Names}" };
        var source = new Option<string>("--source") { Description = "Shop of the orders, as in the address of its webhooks" };
        var brand = new Option<string>("--brand") { Description = "Brand of the orders; by default the key's brand, or default" };
        var horizon = new Option<string>("--horizon")
        {
            Description = "Greatest age of orders, such as P3Y, beyond Ingest:Horizon; only before the brand's first live event",
        };
        var command = new Command(
            "import", "Import a file of creators, campaigns, links, … into the catalog of a running host, or a shop's orders")
        {
            kind, file, url, dryRun, format, source, brand, horizon,
        };
        command.Validators.Add(result =>
        {
            // Values would be converted here, before the validators of their own.
            string? TextOf(Symbol symbol) =>
                result.Children.FirstOrDefault(child => (child is ArgumentResult argument && argument.Argument == symbol)
                    || (child is OptionResult option && option.Option == symbol))?.Tokens is [var token, ..] ? token.Value : null;
            if (TextOf(kind) is not { } named || TextOf(file) is not { } path || !File.Exists(path)) return;
            var given = new FileInfo(path);
            if (named != Orders)
            {
                foreach (var option in new[] { format, source, brand, horizon })
                    if (TextOf(option) is not null) result.AddError($"{option.Name}: only for orders.");
                if (Kinds.Contains(named) && FindExtensionFault(given) is { } fault) result.AddError(fault);
                return;
            }

            if (OrderFormats.Find(TextOf(format)) is null) result.AddError($"--format: required for orders; one of {OrderFormats.Names}.");
            if (string.IsNullOrEmpty(TextOf(source))) result.AddError("--source: required for orders; the shop, as in the address of its webhooks.");
            if (OrderTransfer.GetMediaType(given) is null) result.AddError($"'{given}' must have the extension .csv, .json, .ndjson or .jsonl.");
        });
        command.SetAction((parsed, cancellation) =>
        {
            var (address, given) = (parsed.GetValue(url)!, parsed.GetValue(file)!);
            if (parsed.GetValue(kind) != Orders)
                return RunAsync(address, given, (client, progress) => CatalogTransfer.SendAsync(
                    client, parsed.GetValue(kind)!, given, parsed.GetValue(dryRun), progress, cancellation));
            var query = Microsoft.AspNetCore.Http.QueryString.Create(
            [
                new("format", parsed.GetValue(format)), new("source", parsed.GetValue(source)),
                new("dryRun", parsed.GetValue(dryRun) ? "true" : "false"),
                .. new KeyValuePair<string, string?>[] { new("brand", parsed.GetValue(brand)), new("horizon", parsed.GetValue(horizon)) }
                    .Where(parameter => parameter.Value is not null),
            ]);
            return HandleFailuresAsync(given, async () =>
            {
                using var client = new HostClient(new Uri(address));
                using var answer = await TransferProgress.RunAsync(
                    given.Name, given.Length, progress => OrderTransfer.SendAsync(client, query.Value![1..], given, progress, cancellation));
                return OrderTransfer.Print(answer.RootElement);
            });
        });
        return command;
    }

    private static Command CreateExportCommand()
    {
        var kind = CreateKindArgument(Kinds);
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

    private static Argument<string> CreateKindArgument(string[] kinds)
    {
        var kind = new Argument<string>("kind") { Description = string.Join(", ", kinds) };
        kind.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } given && !kinds.Contains(given))
                result.AddError($"Unknown kind '{given}'{SimilarNames.Suggest(given, kinds)}; the kinds are {string.Join(", ", kinds)}.");
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

    private static Task<int> HandleFailuresAsync(FileInfo file, Func<Task<int>> work) =>
        CommandOutput.HandleFailuresAsync($"{file}", "running the command again is safe", work);

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
