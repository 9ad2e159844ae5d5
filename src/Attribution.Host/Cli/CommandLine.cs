using System.CommandLine;
using Attribution.Host.Hosting;

namespace Attribution.Host.Cli;

/// <summary>The program's commands. Exit codes: 0 success, 1 the work failed, 2 it was asked for wrongly.</summary>
internal static class CommandLine
{
    /// <summary>Runs the command that the arguments name; <c>serve</c> when they name none.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = CreateRoot();
        var parsed = root.Parse(args);
        if (ArgumentValidator.FindFault(parsed, root) is { } refusal)
        {
            await Console.Error.WriteLineAsync(refusal);
            return 2;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return e.ExitCode;
        }
    }

    /// <summary>Every command there is.</summary>
    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand("Attribution: which creator earned what, what did it cost, is it worth repeating?");
        ServeCommand.AddTo(root);
        TransferCommands.AddTo(root);
        OperationsCommands.AddTo(root);
        KeysCommands.AddTo(root);
        UsersCommands.AddTo(root);
        WebhooksCommands.AddTo(root);
        DemoCommand.AddTo(root);
        return root;
    }
}
