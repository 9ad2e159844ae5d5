using System.CommandLine;
using System.Text.Json;

namespace Attribution.Host.Cli;

/// <summary><c>attribution reconcile</c> and <c>attribution rebuild</c>: have a running host do work over all that it stores, and wait for the answer.</summary>
internal static class OperationsCommands
{
    // Progress is told in thousandths: how much there is to do is only known once it goes on.
    private const int ProgressScale = 1_000;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Adds the commands.</summary>
    public static void AddTo(RootCommand root)
    {
        AddCommand(root, "reconcile", "Have a running host compare its rollups with its journeys and put right what differs; fails when anything did", PrintReconciledAsync);
        AddCommand(root, "rebuild", "Have a running host make its journeys again from the stored events while it goes on serving", PrintRebuiltAsync);
    }

    private static void AddCommand(RootCommand root, string name, string does, Func<JsonElement, Task<int>> tell)
    {
        var url = TransferCommands.CreateUrlOption();
        var command = new Command(name, does) { url };
        command.SetAction((parsed, cancellation) => RunAsync(name, parsed.GetValue(url)!, tell, cancellation));
        root.Add(command);
    }

    private static async Task<int> PrintReconciledAsync(JsonElement result)
    {
        var mismatches = result.GetProperty("mismatches").GetInt64();
        foreach (var cell in result.GetProperty("repaired").EnumerateArray())
            await Console.Error.WriteLineAsync($"differed, put right: brand {cell.GetProperty("brandId")}, {cell.GetProperty("day")}, campaign '{cell.GetProperty("campaignId")}', creator '{cell.GetProperty("creatorId")}'");
        foreach (var agreement in result.GetProperty("agreements").EnumerateArray())
            await Console.Error.WriteLineAsync($"differed, put right: what agreement {agreement} looks at");
        if (result.TryGetProperty("sums", out var sums) && sums.GetInt64() > 0) await Console.Error.WriteLineAsync($"differed, put right: {sums} sums kept beside the rollups");
        Console.WriteLine(mismatches == 0 ? "The rollups equal the journeys" : $"{mismatches} cells differed from the journeys; a delta puts them right");
        return mismatches == 0 ? 0 : 1;
    }

    private static Task<int> PrintRebuiltAsync(JsonElement result)
    {
        var (conversions, lines, cells) = (result.GetProperty("conversions").GetInt64(), result.GetProperty("ledgerLines").GetInt64(), result.GetProperty("cells").GetInt64());
        Console.WriteLine(conversions + cells == 0
            ? "Rebuilt; the books say what they said"
            : $"Rebuilt; {conversions} conversions changed ({lines} ledger lines), {cells} rollup cells changed");
        return Task.FromResult(0);
    }

    private static async Task<int> RunAsync(string name, string url, Func<JsonElement, Task<int>> tell, CancellationToken cancellation)
    {
        try
        {
            using var client = new HostClient(new Uri(url));
            return await tell(await TransferProgress.RunAsync(name, ProgressScale, progress => WaitAsync(client, name, progress, cancellation)));
        }
        catch (HostClientException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped waiting; the host goes on.");
            return 1;
        }
    }

    private static async Task<JsonElement> WaitAsync(HostClient client, string name, TransferProgress progress, CancellationToken cancellation)
    {
        string id;
        using (var begun = await client.PostAsync($"/v1/{name}", () => new ByteArrayContent([]), progress.ReportWait, cancellation))
            id = begun.RootElement.GetProperty("id").GetString()!;
        long shown = 0;
        while (true)
        {
            using var run = await client.GetAsync($"/v1/{name}/{id}", cancellation);
            var (done, total) = (run.RootElement.GetProperty("progress").GetProperty("done").GetInt64(), run.RootElement.GetProperty("progress").GetProperty("total").GetInt64());
            var status = run.RootElement.GetProperty("status").GetString();
            var now = status == "done" ? ProgressScale : total == 0 ? 0 : (long)(done / (double)total * ProgressScale);
            if (now > shown) progress.Advance(now - shown);
            shown = Math.Max(shown, now);
            if (status == "done") return run.RootElement.GetProperty("result").Clone();
            if (status == "failed") throw new HostClientException($"The run failed: {run.RootElement.GetProperty("fault").GetString()}");
            await Task.Delay(PollInterval, cancellation);
        }
    }
}
