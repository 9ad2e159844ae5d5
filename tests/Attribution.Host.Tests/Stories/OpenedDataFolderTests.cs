using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.TestKit;
using Attribution.TestKit.Stores;

namespace Attribution.Host.Tests.Stories;

/// <summary>
/// A data folder that an earlier build wrote is opened and continued. <c>tests/testdata/data-folder-1/README.md</c>
/// tells what it holds;
/// <c>answers.json</c> beside it lists the answers that the earlier build gave.
/// </summary>
public sealed class OpenedDataFolderTests
{
    private const string ApiKey = "atr_kxh5mfkmoc_6wn5qdoo55sydnfgcd6p5a4tq7kb7cdu";

    private static readonly string Source = Path.Combine(TestData.Repository, "tests", "testdata", "data-folder-1");

    /// <summary>Matches the times of recording after the folder was written, in JSON and in CSV.</summary>
    private static readonly Regex LaterTimes = new(
        "(?<=\"recordedAt\":\"|,)(2026-11-30T(0[3-9]|1|2)|2026-12|20(2[7-9]|[3-9]))[-0-9T:.]*Z", RegexOptions.CultureInvariant);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_folder_of_version_1_gives_the_same_answers_and_takes_new_events()
    {
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "the folder holds a SQLite store");
        using var folder = new TempFolder();
        Unpack(Path.Combine(Source, "folder"), folder.File("data"));
        await using var host = await HostProcess.ServeAsync(
            folder.File("data"), Cancellation, "--Rollup:KeepRejections=3650.00:00:00", "--Ingest:Horizon=3660.00:00:00");
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        await Eventually.IsTrueAsync(IsSettledAsync, "the event left in the spool is attributed");
        // An order without the shop's word turned out to be of a new customer, which an agreement with tiers pays.
        await Eventually.IsTrueAsync(
            async () => (await host.Http.GetStringAsync(new Uri("/v1/export/ledger", UriKind.Relative), Cancellation))
                .Split('\n').Any(line => line.Contains("ben-launch-1:agreement", StringComparison.Ordinal) && LaterTimes.IsMatch(line))
                && await IsSettledAsync(),
            "the agreement is settled again");

        var differences = new List<string>();
        foreach (var entry in JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Source, "answers.json"), Cancellation))!.AsArray())
        {
            var path = (string)entry!["path"]!;
            var answer = await host.Http.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation);
            var (expected, actual) = (Comparable(ReadExpected(entry), entry), Comparable(answer, entry));
            if ((string?)entry["compare"] == "last-entries" ? EndsWith(actual, expected) : actual == expected) continue;
            if (Environment.GetEnvironmentVariable("ATTRIBUTION_WRITE_ANSWERS") is { Length: > 0 }) WriteExpected(entry, answer);
            else
                differences.Add($"{path}{Environment.NewLine}  before: {expected}{Environment.NewLine}  now:    {actual}");
        }

        differences.ShouldBeEmpty();

        // The only process reads newer formats than the earlier build wrote.
        var formats = JsonNode.Parse(await host.Http.GetStringAsync(new Uri("/v1/quality", UriKind.Relative), Cancellation))!["formats"]!;
        formats["journey"]!.ToJsonString().ShouldBe("""{"written":10,"readable":10,"heldBackBy":[]}""");

        // The spooled click of the earlier build is counted, and so are new events.
        (await ClicksAsync("2026-05-05")).ShouldBe(1);
        var now = DateTimeOffset.UtcNow;
        using var posted = await host.Http.PostAsJsonAsync(
            new Uri("/v1/events", UriKind.Relative), new { type = "click", id = "after-upgrade", occurredAt = now, link = "mia-spring", visitorId = "v-77" }, Cancellation);
        ((int)posted.StatusCode).ShouldBe(202);
        await Eventually.IsTrueAsync(
            async () => await ClicksAsync(now.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), now.AddDays(1)) == 1, "the new click is counted");
        (await host.StopAsync(Cancellation)).ShouldBe(0);

        async Task<bool> IsSettledAsync() => (bool)JsonNode.Parse(await host.Http.GetStringAsync(new Uri("/v1/quality", UriKind.Relative), Cancellation))!["backlog"]!["settled"]!;

        async Task<long> ClicksAsync(string from, DateTimeOffset? to = null)
        {
            var until = to?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? from;
            var rows = JsonNode.Parse(await host.Http.GetStringAsync(new Uri($"/v1/rollups/daily?from={from}&to={until}&groupBy=campaign", UriKind.Relative), Cancellation))!["rows"]!;
            return rows.AsArray().Sum(row => (long)row!["clicks"]!);
        }
    }

    private static string ReadExpected(JsonNode entry)
    {
        var file = Path.Combine(Source, "answers", (string)entry["file"]!);
        if (entry["gzip"] is null) return File.ReadAllText(file);
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file + ".gz"), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static void WriteExpected(JsonNode entry, string answer)
    {
        var file = Path.Combine(Source, "answers", (string)entry["file"]!);
        if (entry["gzip"] is null)
        {
            File.WriteAllText(file, answer);
            return;
        }

        using var writer = new StreamWriter(new GZipStream(File.Create(file + ".gz"), CompressionLevel.SmallestSize));
        writer.Write(answer);
    }

    /// <summary>
    /// Drops what may differ: members of the moment, and sentences for people, which may be reworded.
    /// </summary>
    private static string Comparable(string answer, JsonNode entry)
    {
        answer = LaterTimes.Replace(answer, "later");
        if ((string?)entry["compare"] == "lines-of-2026-03")
            return string.Join('\n', answer.Split('\n').Where(line => JsonNode.Parse(line.Length == 0 ? "{}" : line)!["id"]?.ToString().Contains("/2026-03-", StringComparison.Ordinal) ?? false));
        if (answer.Length == 0 || answer[0] is not ('{' or '[') || ((string)entry["path"]!).Contains("/export/", StringComparison.Ordinal)) return answer.TrimEnd();
        var json = JsonNode.Parse(answer)!;
        foreach (var pointer in entry["without"]?.AsArray() ?? []) json.AsObject().Remove(pointer!.ToString()[1..]);
        RemoveSentences(json);
        return json.ToJsonString();
    }

    private static void RemoveSentences(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items) RemoveSentences(item);
        }
        else if (node is JsonObject members)
        {
            foreach (var name in (string[])["detail", "inWords", "summary"]) members.Remove(name);
            foreach (var (_, member) in members) RemoveSentences(member);
        }
    }

    /// <summary>
    /// Returns true when the entries before are the oldest of the entries now; the list is newest first.
    /// </summary>
    private static bool EndsWith(string actual, string expected)
    {
        var (now, before) = (Entries(actual), Entries(expected));
        return now.TakeLast(before.Count).SequenceEqual(before);

        static List<string> Entries(string answer) => JsonNode.Parse(answer)!.AsObject().Select(member => member.Value).OfType<JsonArray>().Single().Select(entry => entry!.ToJsonString()).ToList();
    }

    private static void Unpack(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (!file.EndsWith(".gz", StringComparison.Ordinal))
            {
                File.Copy(file, target);
                continue;
            }

            using var unpacked = File.Create(target[..^3]);
            using var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
            packed.CopyTo(unpacked);
        }
    }
}
