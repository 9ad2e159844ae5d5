using System.CommandLine;
using System.CommandLine.Help;
using Attribution.Host.Cli;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Cli;

/// <summary>The tables of <c>docs/reference/cli.md</c> are generated from the commands.</summary>
public sealed class CommandReferenceTests
{
    /// <summary>The commands of each table.</summary>
    private static readonly string[] Tables =
        ["serve, demo", "import, export, events", "fetch", "reconcile, rebuild", "backup, restore", "keys", "users", "webhooks", "dead-letters", "version"];

    [Fact]
    public void Reference_lists_every_command_argument_and_option()
    {
        var root = CommandLine.CreateRoot();
        Tables.SelectMany(table => table.Split(", ")).ShouldBe(root.Subcommands.Select(command => command.Name), ignoreOrder: true);
        var blocks = Tables.ToDictionary(table => table, table => table.Split(", ")
            .SelectMany(name => Leaves(root.Subcommands.Single(command => command.Name == name), "")).SelectMany(Rows)
            .Prepend("| --- | --- | --- |").Prepend("| command | argument or option | meaning |"));
        blocks.Add("commands", root.Subcommands.SelectMany(command => Leaves(command, ""))
            .Select(leaf => $"| `{leaf.Name}` | {Describe(leaf.Command)} |").Prepend("| --- | --- |").Prepend("| command | purpose |"));
        GeneratedBlocks.ShouldBeCurrent("docs/reference/cli.md", blocks);
    }

    private static IEnumerable<(string Name, Command Command)> Leaves(Command command, string before) =>
        command.Subcommands.Count == 0 ? [(before + command.Name, command)] : command.Subcommands.SelectMany(inner => Leaves(inner, before + command.Name + " "));

    private static IEnumerable<string> Rows((string Name, Command Command) leaf)
    {
        foreach (var argument in leaf.Command.Arguments) yield return $"| `{leaf.Name}` | `<{argument.Name}>` | {Describe(argument)} |";
        foreach (var option in leaf.Command.Options.Where(option => option is not HelpOption))
        {
            var value = option.ValueType == typeof(bool) ? "" : $" <{option.Name.TrimStart('-')}>";
            yield return $"| `{leaf.Name}` | `{option.Name}{value}`{(option.Required ? ", required" : "")} | {Describe(option)} |";
        }
    }

    private static string Describe(Symbol symbol)
    {
        symbol.Description.ShouldNotBeNullOrEmpty(symbol.Name);
        return GeneratedBlocks.Cell(symbol.Description);
    }
}
