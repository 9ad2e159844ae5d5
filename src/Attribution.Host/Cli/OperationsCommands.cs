using System.CommandLine;
using System.Text.Json;

namespace Attribution.Host.Cli;

/// <summary>
/// Commands <c>attribution reconcile</c> and <c>attribution rebuild</c>: start a run over all data of a running host
/// and wait for its result.
/// </summary>
internal static class OperationsCommands
{
    // Progress is shown in thousandths, because the total is known only after the run has begun.
    private const int ProgressScale = 1_000;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Adds the commands.</summary>
    public static void AddTo(RootCommand root)
    {
        AddCommand(
            root, "reconcile",
            "Compare the rollups of a running host with its journeys and repair differences; fails if there were any",
            PrintReconciledAsync);
        AddCommand(
            root, "rebuild",
            "Create the journeys of a running host again from the stored events, while the host keeps serving",
            PrintRebuiltAsync);
    }

    private static void AddCommand(
        RootCommand root, string name, string description, Func<JsonElement, Task<int>> print)
    {
        var url = TransferCommands.CreateUrlOption();
        var command = new Command(name, description) { url };
        command.SetAction((parsed, cancellation) => RunAsync(name, parsed.GetValue(url)!, print, cancellation));
        root.Add(command);
    }

    /// <summary>Prints the result of a reconciliation and returns the exit code: 0 if nothing differed.</summary>
    internal static async Task<int> PrintReconciledAsync(JsonElement result)
    {
        var mismatches = result.GetProperty("mismatches").GetInt64();
        foreach (var cell in result.GetProperty("repaired").EnumerateArray())
            await Console.Error.WriteLineAsync(
                $"repaired: brand {cell.GetProperty("brandId")}, {cell.GetProperty("day")}, campaign '{cell.GetProperty("campaignId")}', "
                + $"creator '{cell.GetProperty("creatorId")}'");
        foreach (var agreement in result.GetProperty("agreements").EnumerateArray())
            await Console.Error.WriteLineAsync($"repaired: accruals of agreement {agreement}");
        if (result.TryGetProperty("sums", out var sums) && sums.GetInt64() > 0)
            await Console.Error.WriteLineAsync(
                $"repaired: {CommandOutput.FormatCount(sums.GetInt64(), "stored sum")} of the rollups");
        Console.WriteLine(mismatches == 0
            ? "The rollups equal the journeys"
            : $"{CommandOutput.FormatCount(mismatches, "cell")} differed from the journeys; repaired");
        return mismatches == 0 ? 0 : 1;
    }

    private static Task<int> PrintRebuiltAsync(JsonElement result)
    {
        var conversions = result.GetProperty("conversions").GetInt64();
        var lines = result.GetProperty("ledgerLines").GetInt64();
        var cells = result.GetProperty("cells").GetInt64();
        Console.WriteLine(conversions + cells == 0
            ? "Rebuild complete; the ledger is unchanged"
            : $"Rebuild complete; changed: {CommandOutput.FormatCount(conversions, "conversion")} "
                + $"({CommandOutput.FormatCount(lines, "ledger line")}), {CommandOutput.FormatCount(cells, "rollup cell")}");
        return Task.FromResult(0);
    }

    private static async Task<int> RunAsync(
        string name, string url, Func<JsonElement, Task<int>> print, CancellationToken cancellation)
    {
        try
        {
            using var client = new HostClient(new Uri(url));
            return await print(
                await TransferProgress.RunAsync(name, ProgressScale, progress => WaitAsync(client, name, progress, cancellation)));
        }
        catch (HostClientException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped waiting; the host continues the run.");
            return 1;
        }
    }

    private static async Task<JsonElement> WaitAsync(
        HostClient client, string name, TransferProgress progress, CancellationToken cancellation)
    {
        string id;
        var path = $"/v1/{name}";
        using (var started = await client.PostAsync(path, () => new ByteArrayContent([]), progress.ReportWait, cancellation))
            id = started.RootElement.GetProperty("id").GetString()!;
        long shown = 0;
        while (true)
        {
            using var run = await client.GetAsync($"/v1/{name}/{id}", cancellation);
            var reported = run.RootElement.GetProperty("progress");
            var (done, total) = (reported.GetProperty("done").GetInt64(), reported.GetProperty("total").GetInt64());
            var status = run.RootElement.GetProperty("status").GetString();
            var now = status == "done" ? ProgressScale : total == 0 ? 0 : (long)(done / (double)total * ProgressScale);
            if (now > shown) progress.Advance(now - shown);
            shown = Math.Max(shown, now);
            if (status == "done") return run.RootElement.GetProperty("result").Clone();
            if (status == "failed")
                throw new HostClientException($"The run failed: {run.RootElement.GetProperty("fault").GetString()}");
            await Task.Delay(PollInterval, cancellation);
        }
    }
}
