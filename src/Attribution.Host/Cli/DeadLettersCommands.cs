using System.CommandLine;
using System.Globalization;
using Attribution.Contracts;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Messaging;

namespace Attribution.Host.Cli;

/// <summary>
/// Commands <c>attribution dead-letters list|replay</c>. They work on the broker directly, with or without a running host.
/// </summary>
internal static class DeadLettersCommands
{
    private const int DefaultLimit = 100;

    private static readonly Option<int> Limit = new("--limit")
    {
        Description = $"Greatest number of dead letters, oldest first (default {DefaultLimit})", DefaultValueFactory = _ => DefaultLimit,
    };

    // An argument would take the host's settings that follow it for ids.
    private static readonly Option<string[]> Packs = new("--pack")
    {
        Description = "Id of a pack to replay, as shown by 'dead-letters list'; may be repeated (default: all)",
    };

    /// <summary>Adds the commands.</summary>
    public static void AddTo(RootCommand root)
    {
        var letters = new Command("dead-letters", "List and replay the messages on the broker that were given up");
        var list = new Command("list", "List dead letters with their reasons; they stay where they are") { Limit };
        var replay = new Command("replay", "Move dead letters back to the queue of the Attribute stage, after the fix") { Packs };
        Configure(list, ListAsync);
        Configure(replay, ReplayAsync);
        letters.Add(list);
        letters.Add(replay);
        root.Add(letters);
    }

    private static void Configure(Command command, Func<ParseResult, DeadLetterQueue, CancellationToken, Task<int>> run)
    {
        ServeCommand.AddStoreSettings(command);
        command.SetAction((parsed, cancellation) => run(parsed, OpenQueue(parsed), cancellation));
    }

    private static DeadLetterQueue OpenQueue(ParseResult parsed)
    {
        var bus = BusOptions.FromConfiguration(AttributionHost.CreateBuilder(ServeCommand.GetSettings(parsed)).Configuration);
        if (bus.Transport != Transport.RabbitMq)
            throw StartupException.ForConfiguration([
                "Bus:Transport: the in-memory bus has no dead letters, because messages stay in the spool until they are committed. "
                + "Set Bus:Transport and Bus:RabbitMq:Uri as for the hosts."]);
        var faults = bus.RabbitMq.FindFaults().ToList();
        return faults.Count == 0 ? new(bus.RabbitMq) : throw StartupException.ForConfiguration(faults);
    }

    private static async Task<int> ListAsync(ParseResult parsed, DeadLetterQueue queue, CancellationToken cancellation)
    {
        var limit = parsed.GetValue(Limit);
        if (limit < 1) throw StartupException.ForConfiguration(["--limit: must be at least 1."]);
        Console.WriteLine(string.Join('\t', "pack", "source", "brand", "events", "received", "reason"));
        foreach (var (pack, reason) in await queue.ListAsync(limit, cancellation))
            Console.WriteLine(string.Join(
                '\t', pack?.PackId.ToString() ?? "unreadable", pack?.Source ?? "", pack?.BrandId ?? "",
                pack?.Events.Count.ToString(CultureInfo.InvariantCulture) ?? "",
                pack is null ? "" : CommandOutput.FormatTime(Timestamp.From(pack.ReceivedAt)), reason));
        return 0;
    }

    private static async Task<int> ReplayAsync(ParseResult parsed, DeadLetterQueue queue, CancellationToken cancellation)
    {
        var packs = new HashSet<Guid>();
        foreach (var text in parsed.GetValue(Packs) ?? [])
        {
            if (!Guid.TryParse(text, out var pack))
                throw StartupException.ForConfiguration([$"--pack: '{text}' is not the id of a pack; see 'attribution dead-letters list'."]);
            packs.Add(pack);
        }

        var (moved, kept) = await queue.ReplayAsync(packs, cancellation);
        Console.WriteLine($"{CommandOutput.FormatCount(moved, "dead letter")} moved to {BusNames.AttributeQueue}");
        foreach (var letter in kept)
            await Console.Error.WriteLineAsync(
                letter.Pack is { } pack
                    ? $"Kept: pack {pack.PackId} has schema {pack.Schema}; this build reads 1 to {EventPack.CurrentSchema}."
                    : $"Kept: an unreadable message. {letter.Reason}");
        if (packs.Count <= moved + kept.Count) return kept.Count == 0 ? 0 : 1;
        await Console.Error.WriteLineAsync(
            $"{CommandOutput.FormatCount(packs.Count - moved - kept.Count, "pack")} not found among the dead letters; see 'attribution dead-letters list'.");
        return 1;
    }
}
