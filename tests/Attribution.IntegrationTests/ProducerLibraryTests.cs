using System.Diagnostics;
using System.Text;
using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

/// <summary>
/// Producers that publish to the broker by the libraries of other languages, as those document it: to the exchange of the
/// bus description, mandatory, persistent and confirmed.
/// </summary>
[Trait("Category", "Long")]
public sealed class ProducerLibraryTests(ServerModeFixture server) : IClassFixture<ServerModeFixture>
{
    private const string Amqplib =
        """
        import { readFileSync } from 'node:fs';
        import amqp from 'amqplib';
        const [url, file] = process.argv.slice(2);
        const connection = await amqp.connect(url);
        const channel = await connection.createConfirmChannel();
        channel.on('return', () => { console.error('returned'); process.exit(1); });
        channel.publish('attribution.events', '', readFileSync(file), { mandatory: true, persistent: true, contentType: 'application/json' });
        await channel.waitForConfirms();
        await connection.close();
        """;

    private const string Pika =
        """
        import sys, pika
        connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
        channel = connection.channel()
        channel.confirm_delivery()
        properties = pika.BasicProperties(content_type='application/json', delivery_mode=2)
        channel.basic_publish('attribution.events', '', open(sys.argv[2], 'rb').read(), properties, mandatory=True)
        connection.close()
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pack_published_by_amqplib_is_attributed()
    {
        Assert.SkipWhen(Broker.MissingReason is not null, Broker.MissingReason ?? "");
        var (npm, missing) = await NpmFolder.InstallAsync(Token, "amqplib@2.3.1");
        Assert.SkipWhen(npm is null, missing);
        using var folder = npm;
        await File.WriteAllTextAsync(npm.File("pack.json"), CreatePack("amqplib"), Token);
        await npm.RunAsync(Amqplib, Token, Address, npm.File("pack.json"));
        await ShouldBeAttributedAsync("amqplib");
    }

    [Fact]
    public async Task Pack_published_by_pika_is_attributed()
    {
        Assert.SkipWhen(Broker.MissingReason is not null, Broker.MissingReason ?? "");
        // Debian installs it for its own Python.
        Assert.SkipUnless(File.Exists("/usr/bin/python3") && Directory.Exists("/usr/lib/python3/dist-packages/pika"), "python3-pika is not installed");
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("pack.json"), CreatePack("pika"), Token);
        await RunAsync("/usr/bin/python3", "-c", Pika, Address, folder.File("pack.json"));
        await ShouldBeAttributedAsync("pika");
    }

    [Fact]
    public async Task Pack_published_by_amqp_tools_is_attributed()
    {
        Assert.SkipWhen(Broker.MissingReason is not null, Broker.MissingReason ?? "");
        Assert.SkipUnless(File.Exists("/usr/bin/amqp-publish"), "amqp-tools are not installed");
        await RunAsync("/usr/bin/amqp-publish", "--url", Address, "-e", "attribution.events", "-p", "-C", "application/json", "-b", CreatePack("amqp-tools"));
        await ShouldBeAttributedAsync("amqp-tools");
    }

    // Without a last slash, which rabbitmq-c reads as a virtual host without a name.
    private string Address => server.Broker.Uri.AbsoluteUri.TrimEnd('/');

    private static string CreatePack(string order)
    {
        var journeyEvent = Encoding.UTF8.GetBytes(
            $$"""{"type":"conversion","kind":"order","id":"o-{{order}}","occurredAt":"2026-03-05T09:00:00Z","orderId":"{{order}}","currency":"USD","gross":"1.00"}""");
        return $$"""
            {"packId":"{{Guid.CreateVersion7()}}","schema":1,"source":"{{order}}","receivedAt":"2026-03-05T09:00:01Z","events":["{{Convert.ToBase64String(journeyEvent)}}"]}
            """;
    }

    private async Task ShouldBeAttributedAsync(string order)
    {
        await server.Cluster.WaitUntilSettledAsync(Token);
        using var conversion = await server.Cluster.Report.GetAsync($"/v1/conversions/{order}", Token);
        conversion.RootElement.GetRawText().ShouldContain(order);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        process.ExitCode.ShouldBe(0, errors);
    }
}
