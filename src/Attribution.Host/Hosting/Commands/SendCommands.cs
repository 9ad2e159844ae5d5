using System.CommandLine;
using System.Text.Json;
using Attribution.Core.Catalog;

namespace Attribution.Host.Hosting.Commands;

/// <summary><c>attribution import</c> and <c>attribution events</c>: send a file to a running host and say what became of each line that it refused.</summary>
public static class SendCommands
{
    private static readonly string[] Kinds = [.. Enum.GetNames<CatalogKind>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];

    /// <summary>Adds both.</summary>
    public static void AddTo(RootCommand root)
    {
        root.Add(Import());
        root.Add(Events());
    }

    private static Command Import()
    {
        var kind = new Argument<string>("kind") { Description = string.Join(", ", Kinds) };
        var file = FileArgument(
            "CSV with a header (.csv), or a JSON object a line (.ndjson, .jsonl)",
            given => CatalogSender.MediaTypeOf(given) is null ? $"'{given}' must end in .csv, .ndjson or .jsonl, so that its form is known." : null);
        var url = UrlOption();
        kind.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } given && !Kinds.Contains(given))
                result.AddError($"Unknown kind '{given}'{Nearest.Hint(given, Kinds)}; the kinds are {string.Join(", ", Kinds)}.");
        });
        var command = new Command("import", "Put a file of creators, campaigns, links, … into the catalog of a running host") { kind, file, url };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(url)!, parsed.GetValue(file)!, (client, progress) =>
            CatalogSender.SendAsync(client, parsed.GetValue(kind)!, parsed.GetValue(file)!, progress, cancellation)));
        return command;
    }

    private static Command Events()
    {
        var file = FileArgument("An event a line (NDJSON)", _ => null);
        var url = UrlOption();
        var command = new Command("events", "Send a file of events to a running host; sending one again changes nothing") { file, url };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(url)!, parsed.GetValue(file)!, (client, progress) =>
            EventsSender.SendAsync(client, parsed.GetValue(file)!, progress, cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(string url, FileInfo file, Func<HostClient, SendProgress, Task<SendResult>> send)
    {
        try
        {
            using var client = new HostClient(new Uri(url));
            var result = await SendProgress.ShowAsync(file.Name, file.Length, progress => send(client, progress));
            Console.WriteLine($"{result.Accepted} accepted, {result.Rejected} rejected");
            return result.Rejected == 0 ? 0 : 1;
        }
        catch (SendFailedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{file} cannot be read: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped; sending the file again is safe.");
            return 1;
        }
    }

    private static Argument<FileInfo> FileArgument(string description, Func<FileInfo, string?> refuse)
    {
        var file = new Argument<FileInfo>("file") { Description = description };
        file.Validators.Add(result =>
        {
            var given = result.GetValueOrDefault<FileInfo>();
            if ((given.Exists ? refuse(given) : $"There is no file '{given}'.") is { } fault)
                result.AddError(fault);
        });
        return file;
    }

    /// <summary>The option that names the host.</summary>
    public static Option<string> UrlOption()
    {
        var url = new Option<string>("--url") { Description = "The running host", DefaultValueFactory = _ => ListenAddresses.Default };
        url.Validators.Add(result =>
        {
            var given = result.GetValueOrDefault<string>();
            if (!Uri.TryCreate(given, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                result.AddError($"--url: '{given}' is no address of a host; write for example {ListenAddresses.Default}.");
        });
        return url;
    }
}
