using System.CommandLine;
using Microsoft.AspNetCore.Connections;

namespace Attribution.Host.Hosting.Commands;

/// <summary><c>attribution serve</c>, also when no command is named: runs the host until it is told to stop.</summary>
public static class ServeCommand
{
    private static readonly Option<string> Urls = new("--urls") { Description = $"Where to listen, separated by semicolons (default {ListenAddresses.Default})" };
    private static readonly Option<string> Data = new("--data") { Description = "Folder of everything the host keeps (default ./attribution-data)" };
    private static readonly Option<string> Roles = new("--roles") { Description = "What this process does: ingest,attribute,rollup,report (default all)" };

    /// <summary>Adds the command, and makes it what the root runs by itself.</summary>
    public static void AddTo(RootCommand root)
    {
        var serve = new Command("serve", "Run the host until it is told to stop (default). Options of the configuration are given as --Section:Key=value.");
        foreach (var command in (Command[])[root, serve])
        {
            command.Add(Urls);
            command.Add(Data);
            command.Add(Roles);
            command.TreatUnmatchedTokensAsErrors = false;
            command.SetAction((parsed, cancellation) => RunAsync(Settings(parsed), cancellation));
        }

        root.Add(serve);
    }

    /// <summary>Whether a command hands <c>--Key=value</c> on to the configuration.</summary>
    public static bool TakesSettings(Command command) => !command.TreatUnmatchedTokensAsErrors;

    /// <summary>The configuration that the arguments ask for.</summary>
    public static IReadOnlyCollection<string> Settings(ParseResult parsed) =>
    [
        .. Refusals.Settings(parsed),
        .. parsed.GetValue(Urls) is { } urls ? [$"--urls={urls}"] : Array.Empty<string>(),
        .. parsed.GetValue(Data) is { } data ? [$"--Host:Data={data}"] : Array.Empty<string>(),
        .. parsed.GetValue(Roles) is { } roles ? [$"--Host:Roles={roles}"] : Array.Empty<string>(),
    ];

    /// <summary>Builds, starts and runs a host until it is told to stop.</summary>
    /// <returns>0 after an orderly stop, 1 when a part of it failed.</returns>
    /// <exception cref="StartRefusedException">It cannot start.</exception>
    public static async Task<int> RunAsync(IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        await using var app = await AttributionHost.BuildAsync(settings, cancellation: cancellation);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw StartRefusedException.ForSurroundings($"{string.Join(", ", app.Urls)} cannot be listened on: the port is in use. Choose another with --urls.", e);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or System.Net.Sockets.SocketException)
        {
            throw StartRefusedException.ForSurroundings($"The host cannot start: {e.Message}", e);
        }

        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }
}
