using System.Diagnostics;
using System.Text;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.Benchmarks.Throughput;

/// <summary>
/// From the start of the process to the first 200 of its readiness, with an empty folder and again with what that left; what it holds of memory half a
/// minute later, at rest; and an import of 100,000 codes into it, as CSV in one request. Five starts, the median.
/// </summary>
internal static class StartScenario
{
    private const int Starts = 5;
    private const int Codes = 100_000;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    public static async Task RunAsync()
    {
        var (empty, again) = (new List<double>(), new List<double>());
        for (var i = 0; i < Starts; i++)
        {
            using var folder = new TempFolder();
            foreach (var times in (List<double>[])[empty, again])
            {
                var began = Stopwatch.GetTimestamp();
                await using var host = await HostProcess.ServeAsync(folder.Path, default);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                await host.StopAsync(default);
            }
        }

        Console.WriteLine($"ready after {empty.Order().ElementAt(Starts / 2):N0} ms in an empty folder, {again.Order().ElementAt(Starts / 2):N0} ms in one that was used");

        using var data = new TempFolder();
        await using var resting = await HostProcess.ServeAsync(data.Path, default);
        await Task.Delay(IdleTime);
        Console.WriteLine($"at rest: {ResidentMegabytes(resting.Id):N0} MB resident");

        foreach (var (kind, id, json) in (IEnumerable<(string, string, string)>)
            [("brands", "b", """{"id":"b","name":"B"}"""), ("creators", "mia", """{"id":"mia","name":"Mia"}"""), ("campaigns", "spring", """{"id":"spring","brandId":"b","name":"Spring"}""")])
            await resting.PutAsync(kind, id, json, default);
        var csv = new StringBuilder("id,code,campaignId,creatorId\n");
        for (var i = 0; i < Codes; i++) csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"c{i},CODE{i},spring,mia\n");
        var from = Stopwatch.GetTimestamp();
        using var answer = await resting.PostAsync("/v1/codes/import", "text/csv", csv.ToString(), default);
        Console.WriteLine($"import of {Codes:N0} codes: {(int)answer.StatusCode} after {Stopwatch.GetElapsedTime(from).TotalSeconds:N2} s");
    }

    private static double ResidentMegabytes(int process) =>
        double.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', '\t').First(part => part.Length > 0 && char.IsDigit(part[0])), System.Globalization.CultureInfo.InvariantCulture) / 1024;
}
