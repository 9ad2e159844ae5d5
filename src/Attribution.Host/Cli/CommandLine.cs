using System.CommandLine;
using Attribution.Host.Cli.Fetch;
using Attribution.Host.Hosting;
using Attribution.Storage;

namespace Attribution.Host.Cli;

/// <summary>
/// Entry point of the commands. Exit codes: 0 success, 1 the work failed, 2 the arguments are invalid.
/// </summary>
internal static class CommandLine
{
    /// <summary>
    /// Runs the command that the arguments name; <c>serve</c> if they are only options. Without arguments it shows the help:
    /// a first call must not create a data folder wherever it is made.
    /// </summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = CreateRoot();
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (ArgumentValidator.FindFault(parsed, root) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault);
            return 2;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return e.ExitCode;
        }
        catch (StoreFaultException e)
        {
            await Console.Error.WriteLineAsync(e.Summary);
            return 1;
        }
    }

    /// <summary>Creates the root command with all commands.</summary>
    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand(
            "Attribution: the revenue and cost of each creator, and whether a campaign is worth repeating");
        ServeCommand.AddTo(root);
        TransferCommands.AddTo(root);
        FetchCommand.AddTo(root);
        OperationsCommands.AddTo(root);
        BackupCommands.AddTo(root);
        KeysCommands.AddTo(root);
        UsersCommands.AddTo(root);
        WebhooksCommands.AddTo(root);
        DeadLettersCommands.AddTo(root);
        DemoCommand.AddTo(root);
        VersionCommand.AddTo(root);
        return root;
    }
}
