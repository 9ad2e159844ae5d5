using System.Text;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest;

/// <summary>Behind the validation, neither spool nor bus has a customer's key as it was sent.</summary>
public sealed class IngestCustomerKeyTests
{
    private const string Order = "\"type\":\"conversion\",\"kind\":\"order\",\"gross\":\"1.00\",\"customerKey\":\"cus_secret\"";

    [Fact]
    public async Task Customer_key_never_leaves_ingest_unhashed()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync(
            $$"""
            {"id":"good",{{Order}},"occurredAt":"{{TestEvents.Now}}","orderId":"1","currency":"USD"}
            {"id":"bad",{{Order}},"occurredAt":"{{TestEvents.Now}}","orderId":"1","currency":"QQQ"}
            {"id":"cut",{{Order}}
            """,
            "application/x-ndjson");

        (answer.Accepted, answer.Rejected).ShouldBe((1, 2));
        await Eventually.IsTrueAsync(() => host.Recorder.Events.Count == 1 && host.Recorder.Refused.Count == 2, "all are delivered");
        var hashed = new CustomerKeyHasher(new byte[CustomerKeyHasher.MinSecretBytes]).Hash("cus_secret");
        host.Recorder.Events.Single().ShouldContain(hashed);
        var refused = host.Recorder.Refused.Select(one => Encoding.UTF8.GetString(one.Payload)).ToList();
        refused.Count(payload => payload.Contains(hashed, StringComparison.Ordinal)).ShouldBe(1);
        foreach (var kept in refused.Concat(host.Recorder.Events)) kept.ShouldNotContain("cus_secret");
    }
}
