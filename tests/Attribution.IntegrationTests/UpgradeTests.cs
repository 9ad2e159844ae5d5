using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;
using Attribution.TestKit.Stores;

namespace Attribution.IntegrationTests;

/// <summary>A store that version 1.0.0 wrote is migrated by this build, killed on the way, and resumed.</summary>
public sealed class UpgradeTests
{
    private static readonly string[] Reasons = ["rounding", "first_order", "time_zones", "currencies", "bot_rules"];

    // The rules of the second brand's time zone changed after version 1.0.0.
    private static readonly Market[] Markets =
    [
        Create(7, new() { People = 800, Days = 75, TimeZone = "Europe/Berlin", Currency = "EUR" }),
        Create(9, new() { People = 800, Days = 75, BrandId = "prairie", TimeZone = "America/Winnipeg", Currency = "USD" }),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Migration_killed_at_every_tenth_of_the_way_gives_the_same_store()
    {
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "version 1.0.0 is given a SQLite store");
        var missing = await EarlierBuild.FindMissingReasonAsync(EarlierBuild.FirstRelease, Token);
        Assert.SkipWhen(missing is not null, missing ?? "");
        using var folder = new TempFolder();
        var before = await WriteStoreAsync(folder.File("before"));

        Copy(folder.File("before"), folder.File("whole"));
        Answers whole;
        await using (var host = await StartAsync(folder.File("whole")))
        {
            await WaitUntilMigratedAsync(host);
            whole = await Answers.ReadAsync(host);
            await EnsureConsistentAsync(host);
        }

        Copy(folder.File("before"), folder.File("killed"));
        var kills = await KillAtEveryTenthAsync(folder.File("killed"));
        await using (var host = await StartAsync(folder.File("killed")))
        {
            await WaitUntilMigratedAsync(host);
            (await Answers.ReadAsync(host)).Lines.ShouldBe(whole.Lines);
        }

        kills.ShouldBeGreaterThan(0);
        ShouldKeepWhatWasTold(before, whole);
    }

    /// <summary>Has version 1.0.0 write a store with closed statements, and returns its answers.</summary>
    private static async Task<Answers> WriteStoreAsync(string data)
    {
        await using var host = await HostProcess.ServeBuildAsync(
            await EarlierBuild.BuildAsync(EarlierBuild.FirstRelease, Token), data, Token, DocumentedExample.Horizon);
        await host.ImportAsync(Markets.SelectMany(market => market.Catalog).GroupBy(item => item.Kind).SelectMany(kind => kind), Token);
        await Task.WhenAll(Markets.Select(market => host.PostEventsAsync(market.Events, Token)));
        await host.WaitUntilSettledAsync(Token);
        foreach (var market in Markets)
            await Eventually.IsTrueAsync(
                async () =>
                {
                    using var closed = await host.PostAsync(
                        "/v1/statements/close", "application/json", $$"""{"month":"2026-09","brandId":"{{market.BrandId}}"}""", Token);
                    return closed.IsSuccessStatusCode;
                },
                "the days of the month close");
        var answers = await Answers.ReadAsync(host);
        (await host.StopAsync(Token)).ShouldBe(0, host.Output);
        return answers;
    }

    /// <summary>Starts the migration again and again, and kills it whenever another tenth of the journeys is evaluated.</summary>
    private static async Task<int> KillAtEveryTenthAsync(string data)
    {
        var (kills, total) = (0, 0L);
        for (var tenth = 1; tenth < 10; tenth++)
        {
            await using var host = await StartAsync(data);
            var left = long.MaxValue;
            await Eventually.IsTrueAsync(
                async () =>
                {
                    using var quality = await host.GetAsync("/v1/quality", Token);
                    left = quality.RootElement.GetProperty("backlog").GetProperty("journeys").GetInt64();
                    total = Math.Max(total, left);
                    return left <= total * (10 - tenth) / 10;
                },
                TimeSpan.FromMinutes(2), () => host.Output, Token);
            await host.KillAsync();
            if (left > 0) kills++;
        }

        return kills;
    }

    private static Task<HostProcess> StartAsync(string data) => HostProcess.ServeAsync(data, Token, DocumentedExample.Horizon);

    /// <summary>Waits until the data sets of this build apply and all journeys are evaluated.</summary>
    private static async Task WaitUntilMigratedAsync(HostProcess host)
    {
        await Eventually.IsTrueAsync(
            async () =>
            {
                using var quality = await host.GetAsync("/v1/quality", Token);
                return quality.RootElement.GetProperty("dataSets").EnumerateObject()
                    .All(set => !set.Value.GetProperty("moving").GetBoolean()
                        && set.Value.GetProperty("version").GetString() == set.Value.GetProperty("available").GetString());
            },
            TimeSpan.FromMinutes(3), () => host.Output, Token);
        await host.WaitUntilSettledAsync(Token);
    }

    /// <summary>Reconciles and rebuilds; neither may find a difference.</summary>
    private static async Task EnsureConsistentAsync(HostProcess host)
    {
        var url = host.Http.BaseAddress!.ToString();
        foreach (var command in (string[])["reconcile", "rebuild"])
        {
            var (exitCode, errors) = await HostProcess.RunAsync(command, Token, "--url", url);
            exitCode.ShouldBe(0, $"{command}: {errors}");
        }
    }

    private static void ShouldKeepWhatWasTold(Answers before, Answers after)
    {
        var ledger = after.Ledger.ToDictionary(entry => (string)entry["id"]!);
        foreach (var entry in before.Ledger) ShouldContain(ledger[(string)entry["id"]!], entry, (string)entry["id"]!);
        var known = before.Ledger.Select(entry => (string)entry["id"]!).ToHashSet();
        var added = ledger.Where(entry => !known.Contains(entry.Key)).Select(entry => (string)entry.Value["reason"]!).ToHashSet();
        added.ShouldBeSubsetOf(Reasons);
        added.ShouldContain("first_order");
        added.ShouldContain("time_zones");

        // A closed statement never changes.
        before.Closed.Count.ShouldBeGreaterThan(10);
        foreach (var (key, statement) in before.Closed) ShouldContain(after.Closed[key], statement, key);

        // Days move with the time zone, sums do not.
        after.Sums.Keys.ShouldBe(before.Sums.Keys, ignoreOrder: true);
        foreach (var (key, sums) in before.Sums) after.Sums[key].ShouldBe(sums, key);
    }

    /// <summary>Compares the members of an earlier answer, which a later one must have too.</summary>
    private static void ShouldContain(JsonNode? actual, JsonNode? expected, string where)
    {
        if (expected is JsonObject members)
            foreach (var (name, member) in members) ShouldContain(actual![name], member, $"{where}/{name}");
        else if (expected is JsonArray items)
        {
            actual!.AsArray().Count.ShouldBe(items.Count, where);
            for (var i = 0; i < items.Count; i++) ShouldContain(actual[i], items[i], $"{where}/{i}");
        }
        else
            actual?.ToJsonString().ShouldBe(expected?.ToJsonString(), where);
    }

    private static Market Create(int seed, MarketOptions options) => Market.Create(seed, new DateOnly(2026, 9, 10), options);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>The answers of a host that the migration must keep.</summary>
    /// <param name="Ledger">The entries of the ledger.</param>
    /// <param name="Closed">The closed statements by brand and creator.</param>
    /// <param name="Sums">Sums of clicks, visits, orders and money by brand.</param>
    /// <param name="Lines">All answers without the instants of recording: rollups, ledger, statements and decisions.</param>
    private sealed record Answers(
        IReadOnlyList<JsonNode> Ledger, IReadOnlyDictionary<string, JsonNode> Closed, IReadOnlyDictionary<string, string> Sums,
        IReadOnlyList<string> Lines)
    {
        private static readonly string[] Months = ["2026-09", "2026-10", "2026-11"];
        private static readonly string[] Counts = ["clicks", "visits", "orders", "gross", "discount", "refunds", "net"];

        public static async Task<Answers> ReadAsync(HostProcess host)
        {
            var (ledger, closed, sums, comparable) = (
                new List<JsonNode>(), new Dictionary<string, JsonNode>(), new Dictionary<string, string>(), new List<string>());
            foreach (var brand in Markets.Select(market => market.BrandId))
            {
                var entries = await ExportAsync(host, "ledger", brand);
                ledger.AddRange(entries);
                comparable.AddRange(entries.Select(Comparable).Order(StringComparer.Ordinal));
                comparable.AddRange((await ExportAsync(host, "rollups", brand)).Select(Comparable).Order(StringComparer.Ordinal));
                var totals = JsonNode.Parse(await host.Http.GetStringAsync(
                    new Uri($"/v1/rollups/daily?brand={brand}&from=2026-09-01&to=2026-11-30&groupBy=campaign", UriKind.Relative), Token))!["rows"]!;
                foreach (var row in totals.AsArray())
                    sums[$"{brand} {row!["campaignId"]}"] = string.Join(' ', Counts.Select(name => $"{name} {row[name]}"));
                foreach (var month in Months)
                {
                    var path = $"/v1/statements/months/{month}?brand={brand}";
                    var rows = JsonNode.Parse(await host.Http.GetStringAsync(new Uri(path, UriKind.Relative), Token))!["rows"]!.AsArray();
                    foreach (var creator in rows.Select(row => (string)row!["creatorId"]!))
                    {
                        var statement = JsonNode.Parse(await host.Http.GetStringAsync(
                            new Uri($"/v1/statements?brand={brand}&creator={creator}&month={month}", UriKind.Relative), Token))!;
                        if ((string)statement["status"]! == "closed") closed.Add($"{brand} {creator} {month}", statement);
                        comparable.Add(Comparable(statement));
                    }
                }

                var orders = entries.Select(entry => (string)entry["subject"]!).Where(subject => subject.StartsWith("o:", StringComparison.Ordinal));
                foreach (var order in orders.Distinct().Order(StringComparer.Ordinal).Take(100))
                    comparable.Add(Comparable(JsonNode.Parse(await host.Http.GetStringAsync(
                        new Uri($"/v1/conversions/{order[2..]}?brand={brand}", UriKind.Relative), Token))!));
            }

            return new(ledger, closed, sums, comparable);
        }

        private static async Task<List<JsonNode>> ExportAsync(HostProcess host, string kind, string brand)
        {
            var lines = new List<JsonNode>();
            for (var after = ""; ;)
            {
                var text = await host.Http.GetStringAsync(new Uri($"/v1/export/{kind}?brand={brand}{after}", UriKind.Relative), Token);
                var read = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
                lines.AddRange(read.Where(line => line["id"] is not null));
                if (read.LastOrDefault(line => line["cursor"] is not null) is not { } last || read.Count == 1) return lines;
                after = "&after=" + Uri.EscapeDataString((string)last["cursor"]!);
            }
        }

        /// <summary>Returns an answer without members that depend on when it was recorded or evaluated.</summary>
        private static string Comparable(JsonNode answer)
        {
            var copy = answer.DeepClone();
            RemoveMoments(copy);
            return copy.ToJsonString();
        }

        private static void RemoveMoments(JsonNode? node)
        {
            if (node is JsonArray items)
                foreach (var item in items) RemoveMoments(item);
            else if (node is JsonObject members)
            {
                // Entries that the migration adds are numbered in the order of their commits.
                if (members["recordedAt"] is not null) members.Remove("id");
                foreach (var name in (string[])["recordedAt", "computedAt", "catalogVersion"]) members.Remove(name);
                foreach (var (_, member) in members) RemoveMoments(member);
            }
        }
    }
}
