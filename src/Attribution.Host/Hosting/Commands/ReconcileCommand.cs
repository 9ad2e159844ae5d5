using System.CommandLine;
using System.Text.Json;

namespace Attribution.Host.Hosting.Commands;

/// <summary><c>attribution reconcile</c>: has a running host compare its rollups with its journeys, and waits for the answer.</summary>
public static class ReconcileCommand
{
    // Progress is told in thousandths: how much there is to do is only known once it goes on.
    private const int Whole = 1_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Adds the command.</summary>
    public static void AddTo(RootCommand root)
    {
        var url = SendCommands.UrlOption();
        var command = new Command("reconcile", "Have a running host compare its rollups with its journeys and put right what differs; fails when anything did") { url };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(url)!, cancellation));
        root.Add(command);
    }

    private static async Task<int> RunAsync(string url, CancellationToken cancellation)
    {
        try
        {
            using var client = new HostClient(new Uri(url));
            var result = await SendProgress.ShowAsync("reconcile", Whole, progress => WaitAsync(client, progress, cancellation));
            var mismatches = result.GetProperty("mismatches").GetInt64();
            foreach (var cell in result.GetProperty("repaired").EnumerateArray())
                await Console.Error.WriteLineAsync($"differed, put right: brand {cell.GetProperty("brandId")}, {cell.GetProperty("day")}, campaign '{cell.GetProperty("campaignId")}', creator '{cell.GetProperty("creatorId")}'");
            Console.WriteLine(mismatches == 0 ? "The rollups equal the journeys" : $"{mismatches} cells differed from the journeys; a delta puts them right");
            return mismatches == 0 ? 0 : 1;
        }
        catch (SendFailedException e)
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

    private static async Task<JsonElement> WaitAsync(HostClient client, SendProgress progress, CancellationToken cancellation)
    {
        string id;
        using (var begun = await client.PostAsync("/v1/reconcile", () => new ByteArrayContent([]), progress.Waiting, cancellation))
            id = begun.RootElement.GetProperty("id").GetString()!;
        long shown = 0;
        while (true)
        {
            using var run = await client.GetAsync($"/v1/reconcile/{id}", cancellation);
            var (done, total) = (run.RootElement.GetProperty("progress").GetProperty("done").GetInt64(), run.RootElement.GetProperty("progress").GetProperty("total").GetInt64());
            var status = run.RootElement.GetProperty("status").GetString();
            var now = status == "done" ? Whole : total == 0 ? 0 : (long)(done / (double)total * Whole);
            if (now > shown) progress.Advance(now - shown);
            shown = Math.Max(shown, now);
            if (status == "done") return run.RootElement.GetProperty("result").Clone();
            if (status == "failed") throw new SendFailedException($"The run failed: {run.RootElement.GetProperty("fault").GetString()}");
            await Task.Delay(Look, cancellation);
        }
    }
}
