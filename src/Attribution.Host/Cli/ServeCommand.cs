using System.CommandLine;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;

namespace Attribution.Host.Cli;

/// <summary>
/// Command <c>attribution serve</c>: runs the host until it is stopped. It is the default if there are only options.
/// </summary>
internal static class ServeCommand
{
    private static readonly Option<string> Urls = new("--urls")
    {
        Description = $"Addresses to listen on, separated by semicolons (default {ListenAddresses.Default})",
    };

    private static readonly Option<string> Data = new("--data")
    {
        Description = "Folder with all data of the host (default ./attribution-data)",
    };

    private static readonly Option<string> Roles = new("--roles")
    {
        Description = "Roles of this process, separated by commas: ingest, attribute, rollup, report (default all)",
    };

    /// <summary>Adds the command and makes it the default.</summary>
    public static void AddTo(RootCommand root)
    {
        var serve = new Command("serve", "Run the host until it is stopped (default if there are only options)");
        foreach (var command in (Command[])[root, serve])
        {
            AddSettings(command);
            command.SetAction((parsed, cancellation) => HostRunner.RunAsync(GetSettings(parsed), cancellation: cancellation));
        }

        root.Add(serve);
    }

    /// <summary>
    /// Adds the host's options to a command, and accepts <c>--Section:Key=value</c> for its configuration.
    /// </summary>
    public static void AddSettings(Command command)
    {
        command.Add(Urls);
        command.Add(Roles);
        AddStoreSettings(command);
    }

    /// <summary>
    /// Adds the data folder to a command, and accepts <c>--Section:Key=value</c> for its configuration.
    /// </summary>
    internal static void AddStoreSettings(Command command)
    {
        command.Add(Data);
        command.TreatUnmatchedTokensAsErrors = false;
    }

    /// <summary>Creates a command that works on the store directly, with or without a running host.</summary>
    internal static Command CreateStoreCommand(
        string name, string description, Func<ParseResult, StandaloneStore, CancellationToken, Task<int>> run,
        params Option[] options)
    {
        var verb = new Command(name, description);
        foreach (var option in options) verb.Add(option);
        AddStoreSettings(verb);
        verb.SetAction(async (parsed, cancellation) =>
        {
            await using var store = await StandaloneStore.OpenAsync(GetSettings(parsed), cancellation);
            var exitCode = await run(parsed, store, cancellation);
            // A command that succeeds in a folder by mistake must not look like one on the store that was meant.
            if (exitCode == 0 && store.CreatedFile is { } file) await Console.Error.WriteLineAsync($"There was no store; {file} is new.");
            return exitCode;
        });
        return verb;
    }

    /// <summary>Returns the configuration that the arguments specify.</summary>
    public static IReadOnlyCollection<string> GetSettings(ParseResult parsed) =>
    [
        .. ArgumentValidator.GetSettings(parsed),
        .. ToSetting(parsed, Urls, "urls"),
        .. ToSetting(parsed, Data, "Host:Data"),
        .. ToSetting(parsed, Roles, "Host:Roles"),
    ];

    private static string[] ToSetting(ParseResult parsed, Option<string> option, string key) =>
        parsed.GetValue(option) is { } value ? [$"--{key}={value}"] : [];
}
