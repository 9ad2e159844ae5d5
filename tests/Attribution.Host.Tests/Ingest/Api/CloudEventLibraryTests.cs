using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;
using CloudNative.CloudEvents.SystemTextJson;

namespace Attribution.Host.Tests.Ingest.Api;

/// <summary>CloudEvents as their own library for .NET writes them, in all three modes.</summary>
public sealed class CloudEventLibraryTests
{
    private static readonly JsonEventFormatter Formatter = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("structured")]
    [InlineData("binary")]
    [InlineData("batch")]
    public async Task Event_that_the_library_writes_is_stored(string mode)
    {
        await using var host = await IngestHost.StartAsync();
        using var content = mode switch
        {
            "batch" => new[] { Create("c-1") }.ToHttpContent(Formatter),
            "binary" => Create("c-1").ToHttpContent(ContentMode.Binary, Formatter),
            _ => Create("c-1").ToHttpContent(ContentMode.Structured, Formatter),
        };
        using var answer = await host.Client.PostAsync(new Uri("/v1/events", UriKind.Relative), content, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        JsonDocument.Parse(text).RootElement.GetProperty("accepted").GetInt32().ShouldBe(1, text);
        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Count == 1, "the message is delivered");
        var stored = JsonNode.Parse(host.Recorder.Events.Single())!.AsObject();
        ((string?)stored["id"], (string?)stored["type"], (string?)stored["link"], (string?)stored["visitorId"])
            .ShouldBe(("c-1", "click", "mia-spring", "größe"));
    }

    private static CloudEvent Create(string id) => new()
    {
        Id = id, Type = "click", Source = new Uri("/shop", UriKind.Relative), Time = DateTimeOffset.UtcNow, Subject = "a click",
        DataContentType = "application/json", Data = new { link = "mia-spring", visitorId = "größe" },
    };
}
