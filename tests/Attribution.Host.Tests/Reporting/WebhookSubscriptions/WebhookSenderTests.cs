using System.Text.Json.Nodes;
using Attribution.Core.Values;
using Attribution.Storage.Payouts;
using Attribution.Storage.WebhookSubscriptions;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Reporting.WebhookSubscriptions;

/// <summary>Messages from a running host to a receiver.</summary>
public sealed class WebhookSenderTests : IAsyncLifetime
{
    private const string Verifier =
        """
        import { readFileSync } from 'node:fs';
        import { Webhook as StandardWebhook } from 'standardwebhooks';
        import { Webhook as SvixWebhook } from 'svix';
        const [secret, file] = process.argv.slice(2);
        const { headers, body } = JSON.parse(readFileSync(file, 'utf8'));
        const verify = webhook => { try { return webhook.verify(body, headers).type; } catch (e) { return e.message; } };
        console.log(verify(new StandardWebhook(secret)), '/', verify(new SvixWebhook(secret)));
        """;

    private TestHost host = null!;
    private ScriptedServer receiver = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IWebhookSubscriptionStore Subscriptions => host.Store.WebhookSubscriptions;

    public async ValueTask InitializeAsync()
    {
        receiver = await ScriptedServer.StartAsync();
        host = await TestHost.StartNewAsync(
            "--WebhookSubscriptions:AllowHttp=true", "--WebhookSubscriptions:AllowPrivateTargets=true", "--WebhookSubscriptions:PollEvery=00:00:00.1",
            "--WebhookSubscriptions:Timeout=00:00:05", "--WebhookSubscriptions:LinkBase=https://attribution.example/");
        foreach (var (path, body) in new[]
        {
            ("creators/mia", """{"id":"mia","name":"Mia"}"""), ("campaigns/spring", """{"id":"spring","name":"Spring"}"""),
            ("codes/mia10", """{"id":"mia10","code":"MIA10","campaignId":"spring","creatorId":"mia"}"""),
        })
            (await host.SendAsync(HttpMethod.Put, $"/v1/{path}", body)).IsSuccessStatusCode.ShouldBeTrue(path);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task Order_and_refund_are_sent_in_order_with_valid_signatures()
    {
        await OrderAsync("0");
        var (id, secret) = await SubscribeAsync();
        Accept(9);

        await OrderAsync("a/1");
        await host.SendAsync(HttpMethod.Post, "/v1/events", $$"""{"type":"refund","id":"r-1","occurredAt":"{{Now()}}","orderId":"a/1","refundId":"1","kind":"cancel"}""");
        await RequestsAsync(2);

        var (credit, refund) = (Read(0), Read(1));
        credit["type"]!.ToString().ShouldBe("conversion.credited");
        (credit["data"]!["subject"]!.ToString(), credit["data"]!["amount"]!.ToString(), credit["data"]!["creatorId"]!.ToString()).ShouldBe(("o:a/1", "90.00", "mia"));
        credit["data"]!["explanation"]!.ToString().ShouldBe("https://attribution.example/v1/conversions/a%2F1?brand=default");
        (refund["type"]!.ToString(), refund["data"]!["subject"]!.ToString()).ShouldBe(("refund.applied", "o:a/1"));
        foreach (var request in receiver.Requests)
            request.Headers["webhook-signature"].ShouldBe(SignatureOf(request, secret));
        await Eventually.IsTrueAsync(async () => (await Subscriptions.ListDeliveriesAsync(id, WebhookDeliveryStatus.Delivered, 9, Cancellation)).Count >= 2, "both are logged");
    }

    [Fact]
    public async Task Closed_days_and_statements_are_sent_and_a_statement_is_closed_before_it_is_paid()
    {
        await host.Store.Rollups.CloseDaysAsync("default", new(2099, 1, 1), new Timestamp(1), Cancellation);
        await SubscribeAsync();
        Accept(9);
        await host.Store.Rollups.CloseDaysAsync("default", new(2099, 1, 3), new Timestamp(2), Cancellation);
        await RequestsAsync(2);
        var (statements, month, by) = (host.Store.PayoutStatements, new DateOnly(2026, 3, 1), new ActorStamp("anna", null, new Timestamp(3)));
        var account = await statements.ReadAccountAsync("default", "mia", month, Cancellation);
        await statements.CloseStatementAsync("default", account, new() { Month = month, Lines = [], BroughtForward = -500 }, by, Cancellation);
        await statements.MarkStatementPaidAsync("default", 1, by, "SEPA 1", Cancellation);
        await RequestsAsync(4);

        Enumerable.Range(0, 2).Select(Read).Select(day => $"{day["type"]} {day["data"]!["day"]}").ShouldBe(["day.closed 2099-01-02", "day.closed 2099-01-03"]);
        var (closed, paid) = (Read(2), Read(3));
        (closed["type"]!.ToString(), closed["data"]!["carriedOut"]!.ToString(), closed["data"]!["lines"]).ShouldBe(("statement.closed", "-5.00", null));
        (paid["type"]!.ToString(), paid["data"]!["reference"]!.ToString(), paid["data"]!["paidBy"]).ShouldBe(("statement.paid", "SEPA 1", null));
    }

    [Fact]
    public async Task Receiver_that_answers_410_stops_the_subscription_until_it_is_active_again()
    {
        var (id, _) = await SubscribeAsync();
        receiver.Enqueue("", 410);
        await OrderAsync("1");
        await Eventually.IsTrueAsync(async () => (await FindAsync(id)).Status == WebhookSubscriptionStatus.Gone, "the subscription is gone");
        Accept(1);

        (await host.SendAsync(HttpMethod.Patch, $"/v1/webhook-subscriptions/{id}", """{"status":"active"}""")).IsSuccessStatusCode.ShouldBeTrue();

        await RequestsAsync(2);
        receiver.Requests.Select(request => request.Headers["webhook-id"]).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Last_attempt_parks_a_message_and_replay_sends_it_with_the_same_id()
    {
        var (id, _) = await SubscribeAsync();
        receiver.Enqueue("", 302, ("Location", receiver.Address.ToString()));
        await OrderAsync("1");
        await Eventually.IsTrueAsync(async () => (await FindAsync(id)).Retry is not null, "the message waits");
        (await FindAsync(id)).Retry!.Fault.ShouldContain("redirects are not followed");

        // As after nine failures.
        receiver.Enqueue("", 500);
        var waiting = await FindAsync(id);
        (await Subscriptions.TryReplaceSubscriptionAsync(waiting with { Retry = waiting.Retry! with { Attempts = 9, Delay = TimeSpan.Zero } }, [], Cancellation)).ShouldBeTrue();
        await Eventually.IsTrueAsync(async () => await Subscriptions.CountParkedDeliveriesAsync(Cancellation) == 1, "the message is parked");
        Accept(2);
        await OrderAsync("2");
        await RequestsAsync(3);
        (await host.SendAsync(HttpMethod.Post, $"/v1/webhook-subscriptions/{id}/replay", "")).IsSuccessStatusCode.ShouldBeTrue();
        await RequestsAsync(4);

        var ids = receiver.Requests.Select(request => request.Headers["webhook-id"]).ToList();
        (ids[1], ids[3], ids[2] == ids[0]).ShouldBe((ids[0], ids[0], false));
        await Eventually.IsTrueAsync(
            async () => (await Subscriptions.ListDeliveriesAsync(id, WebhookDeliveryStatus.Delivered, 9, Cancellation)).Any(one => one.Attempts == 11), "the replay is logged");
    }

    [Fact]
    public async Task Rotated_secret_and_its_predecessor_both_sign()
    {
        var (id, first) = await SubscribeAsync();
        var rotated = await PatchAsync(id, """{"rotateSecret":true}""");
        Accept(1);
        await OrderAsync("1");
        await RequestsAsync(1);

        var request = receiver.Requests[0];
        request.Headers["webhook-signature"].ShouldBe($"{SignatureOf(request, rotated["secret"]!.ToString())} {SignatureOf(request, first)}");
        (await PatchAsync(id, "{}"))["secret"].ShouldBeNull();
    }

    [Fact]
    public async Task Invalid_subscriptions_are_refused_with_all_faults()
    {
        var answer = await host.SendAsync(HttpMethod.Post, "/v1/webhook-subscriptions", """{"url":"ftp://x.example","events":["day.close"]}""");

        ((int)answer.StatusCode).ShouldBe(400);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        text.ShouldContain("/url");
        text.ShouldContain("unknown type 'day.close'");
        text.ShouldContain("day.closed");
    }

    [Fact]
    public async Task Private_addresses_are_refused_when_added_and_when_a_name_resolves_to_one()
    {
        await using var strict = await TestHost.StartNewAsync("--WebhookSubscriptions:AllowHttp=true", "--WebhookSubscriptions:PollEvery=00:00:00.1");
        ((int)(await strict.SendAsync(HttpMethod.Post, "/v1/webhook-subscriptions", """{"url":"http://[::ffff:127.0.0.1]/"}""")).StatusCode).ShouldBe(400);
        var address = $"http://localhost:{receiver.Address.Port}/";
        (await strict.SendAsync(HttpMethod.Post, "/v1/webhook-subscriptions", $$"""{"url":"{{address}}"}""")).IsSuccessStatusCode.ShouldBeTrue();

        await strict.Store.Rollups.CloseDaysAsync("default", new(2099, 1, 3), new Timestamp(2), Cancellation);

        await Eventually.IsTrueAsync(
            async () => (await strict.Store.WebhookSubscriptions.ListSubscriptionsAsync(Cancellation))[0].Retry?.Fault.Contains("private or reserved", StringComparison.Ordinal) == true,
            "the connection is refused");
        receiver.Requests.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Libraries_of_receivers_verify_the_signature()
    {
        var (npm, missing) = await NpmFolder.InstallAsync(Cancellation, "standardwebhooks@1.1.1", "svix@1.99.1");
        Assert.SkipWhen(npm is null, missing);
        using var folder = npm;
        var (id, first) = await SubscribeAsync();
        var second = (await PatchAsync(id, """{"rotateSecret":true}"""))["secret"]!.ToString();
        Accept(1);
        await OrderAsync("ü ✓");
        await RequestsAsync(1);
        var request = new JsonObject
        {
            ["headers"] = new JsonObject(receiver.Requests[0].Headers.Where(header => header.Key.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase))
                .Select(header => KeyValuePair.Create<string, JsonNode?>(header.Key.ToLowerInvariant(), header.Value))),
            ["body"] = receiver.Requests[0].Body,
        };
        await File.WriteAllTextAsync(npm.File("request.json"), request.ToJsonString(), Cancellation);

        foreach (var secret in new[] { first, second })
            (await npm.RunAsync(Verifier, Cancellation, secret, npm.File("request.json"))).ShouldBe("conversion.credited / conversion.credited");
        (await npm.RunAsync(Verifier, Cancellation, "whsec_AAAA", npm.File("request.json"))).ShouldNotContain("conversion.credited");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Failed_message_is_repeated_with_its_id_before_later_ones()
    {
        await SubscribeAsync();
        receiver.Enqueue("", 500);
        Accept(2);
        await OrderAsync("1");
        await RequestsAsync(1);
        await OrderAsync("2");
        await RequestsAsync(3);

        var requests = receiver.Requests;
        requests[1].Headers["webhook-id"].ShouldBe(requests[0].Headers["webhook-id"]);
        requests[1].Body.ShouldBe(requests[0].Body);
        Read(2)["data"]!["subject"]!.ToString().ShouldBe("o:2");
    }

    private static string Now() => Timestamp.From(DateTimeOffset.UtcNow).ToString();

    private static string SignatureOf(ScriptedRequest request, string secret)
    {
        var content = System.Text.Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.{request.Body}");
        return "v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), content));
    }

    private void Accept(int count)
    {
        for (var n = 0; n < count; n++) receiver.Enqueue("", 204);
    }

    private JsonNode Read(int request) => JsonNode.Parse(receiver.Requests[request].Body)!;

    private Task RequestsAsync(int count) => Eventually.IsTrueAsync(() => receiver.Requests.Count >= count, $"{count} requests");

    private async Task<WebhookSubscriptionDocument> FindAsync(string id) => (await Subscriptions.FindSubscriptionAsync(id, Cancellation)).ShouldNotBeNull();

    private async Task<(string Id, string Secret)> SubscribeAsync()
    {
        var answer = await host.SendAsync(HttpMethod.Post, "/v1/webhook-subscriptions", $$"""{"url":"{{receiver.Address}}hook"}""");
        ((int)answer.StatusCode).ShouldBe(201);
        var subscription = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        return (subscription["id"]!.ToString(), subscription["secret"]!.ToString());
    }

    private async Task<JsonNode> PatchAsync(string id, string body)
    {
        var answer = await host.SendAsync(HttpMethod.Patch, $"/v1/webhook-subscriptions/{id}", body);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }

    /// <summary>Sends an order with the creator's code, and waits until it is in the ledger.</summary>
    private async Task OrderAsync(string order)
    {
        var body = new JsonObject
        {
            ["type"] = "redemption", ["id"] = $"e-{order}", ["occurredAt"] = Now(), ["orderId"] = order, ["codes"] = new JsonArray("MIA10"), ["currency"] = "USD", ["gross"] = "90.00",
        };
        ((int)(await host.SendAsync(HttpMethod.Post, "/v1/events", body.ToJsonString())).StatusCode).ShouldBe(202);
        await Eventually.IsTrueAsync(
            async () => (await host.Store.Ledger.ReadLedgerAsync("default", $"o:{order}", Cancellation)).Count > 0, $"order {order} is in the ledger");
    }
}
