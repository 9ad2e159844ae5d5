using System.Net;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest;

/// <summary>Damaged and cut files of the spool: a start says so, and keeps what can be read.</summary>
public sealed class SpoolFaultTests : IDisposable
{
    private const int Messages = 12, Page = 4096;
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string SpoolFile => folder.File("spool/0.db");

    [Theory]
    [InlineData("garbage in the header", "is not a SQLite file, or its beginning is damaged.")]
    [InlineData("cut in the header", "is damaged (")]
    [InlineData("garbage in the records", "is damaged (")]
    [InlineData("cut in a record", "is damaged (")]
    public async Task Damaged_spool_prevents_the_start_with_the_remedy(string damage, string sentence)
    {
        await FillAsync();
        using (var file = File.Open(SpoolFile, FileMode.Open))
        {
            var garbage = new byte[2 * Page];
            new Random(5).NextBytes(garbage);
            switch (damage)
            {
                case "garbage in the header": file.Write(garbage); break;
                case "cut in the header": file.SetLength(60); break;
                case "garbage in the records": file.Position = Page; file.Write(garbage); break;
                default: file.SetLength(file.Length - Page - 500); break;
            }
        }

        var refused = await Should.ThrowAsync<Exception>(async () => await IngestHost.StartAsync(new PackRecorder(), folder.Path));
        var told = refused is StoreFaultException fault ? fault.Summary : refused.Message;
        told.ShouldContain("spool/0.db " + sentence);
        told.ShouldContain("from a backup, or move it away and start with an empty one.");
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("removed")]
    public async Task Emptied_spool_is_reported_and_the_host_starts(string damage)
    {
        await FillAsync();
        if (damage == "empty") File.WriteAllBytes(SpoolFile, []);
        else File.Delete(SpoolFile);

        await using var host = await IngestHost.StartAsync(new PackRecorder(), folder.Path);
        host.Log.Warnings.ShouldContain(w => w.Contains($"spool/0.db lacks {Messages} messages", StringComparison.Ordinal));
        using var ready = await host.Client.GetAsync("/healthz/ready", Cancellation);
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Leaves messages in the file that were never committed.</summary>
    private async Task FillAsync()
    {
        await using var host = await IngestHost.StartAsync(new PackRecorder { Commits = false }, folder.Path);
        for (var i = 0; i < Messages; i++)
            (await host.PostAsync($$"""{"type":"visit","id":"v-{{i}}","occurredAt":"{{TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'}}","visitorId":"x","url":"https://shop.example/?q={{new string('q', 1_500)}}"}"""))
                .Accepted.ShouldBe(1);
    }
}
