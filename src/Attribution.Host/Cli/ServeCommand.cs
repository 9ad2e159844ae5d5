using System.CommandLine;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;

namespace Attribution.Host.Cli;

/// <summary><c>attribution serve</c>, also when no command is named: runs the host until it is told to stop.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> Urls = new("--urls") { Description = $"Where to listen, separated by semicolons (default {ListenAddresses.Default})" };
    private static readonly Option<string> Data = new("--data") { Description = "Folder of everything the host keeps (default ./attribution-data)" };
    private static readonly Option<string> Roles = new("--roles") { Description = "What this process does: ingest,attribute,rollup,report (default all)" };

    /// <summary>Adds the command, and makes it what the root runs by itself.</summary>
    public static void AddTo(RootCommand root)
    {
        var serve = new Command("serve", "Run the host until it is told to stop (default)");
        foreach (var command in (Command[])[root, serve])
        {
            AddSettings(command);
            command.SetAction((parsed, cancellation) => HostRunner.RunAsync(GetSettings(parsed), cancellation: cancellation));
        }

        root.Add(serve);
    }

    /// <summary>Lets a command take the host's options, and <c>--Section:Key=value</c> for its configuration.</summary>
    public static void AddSettings(Command command)
    {
        command.Add(Urls);
        command.Add(Roles);
        AddStoreSettings(command);
    }

    /// <summary>Lets a command take where the store is, and <c>--Section:Key=value</c> for its configuration.</summary>
    private static void AddStoreSettings(Command command)
    {
        command.Add(Data);
        command.TreatUnmatchedTokensAsErrors = false;
    }

    /// <summary>A command that does its work on the store, beside a running host or without one.</summary>
    internal static Command CreateStoreCommand(string name, string description, Func<ParseResult, StandaloneStore, CancellationToken, Task<int>> run, params Option[] options)
    {
        var verb = new Command(name, description);
        foreach (var option in options) verb.Add(option);
        AddStoreSettings(verb);
        verb.SetAction(async (parsed, cancellation) =>
        {
            await using var store = await StandaloneStore.OpenAsync(GetSettings(parsed), cancellation);
            return await run(parsed, store, cancellation);
        });
        return verb;
    }

    /// <summary>The configuration that the arguments ask for.</summary>
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
