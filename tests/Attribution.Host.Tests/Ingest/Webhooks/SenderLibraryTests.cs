using Attribution.Host.Tests.Ingest.Webhooks.Agentic;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>The libraries by which senders sign webhooks, used as their own documents show, against a host.</summary>
public sealed class SenderLibraryTests
{
    private const string Script =
        """
        import { readFileSync } from 'node:fs';
        import Stripe from 'stripe';
        import { Webhook as StandardWebhook } from 'standardwebhooks';
        import { Webhook as SvixWebhook } from 'svix';
        const [library, url, secret, file] = process.argv.slice(2);
        const body = readFileSync(file, 'utf8');
        const [id, now] = ['msg_p5jXN8AQM9LWM0D4loKWxJek', new Date()];
        const seconds = `${Math.floor(now.getTime() / 1000)}`;
        const timed = () => new Stripe('sk_test_x').webhooks.generateTestHeaderString({ payload: body, secret });
        const headers = {
          stripe: () => ({ 'stripe-signature': timed() }),
          merchant: () => ({ 'merchant-signature': timed() }),
          standardwebhooks: () => ({ 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': new StandardWebhook(secret).sign(id, now, body) }),
          svix: () => ({ 'svix-id': id, 'svix-timestamp': seconds, 'svix-signature': new SvixWebhook(secret).sign(id, now, body) }),
        };
        const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers[library]() }, body });
        console.log(answer.status, await answer.text());
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Libraries_of_senders_sign_what_the_host_accepts()
    {
        var (npm, missing) = await NpmFolder.InstallAsync(Cancellation, "stripe@23.1.0", "standardwebhooks@1.1.1", "svix@1.99.1");
        Assert.SkipWhen(npm is null, missing);
        using var folder = npm;
        await using var host = await TestHost.BuildAsync();
        TestShop[] shops = [TestShop.Stripe, TestShop.Generic, TestShop.Ucp, TestShop.Ucp with { Vendor = "acp" }];
        foreach (var shop in shops) await shop.AddAsync(host.App.Services, shop.Vendor);
        await host.StartAsync();

        (string Library, TestShop Shop, byte[] Body)[] deliveries =
        [
            ("stripe", shops[0], PublishedPayloads.StripeSession().Bytes()),
            ("standardwebhooks", shops[1], "[]"u8.ToArray()), ("svix", shops[1], "[]"u8.ToArray()),
            ("standardwebhooks", shops[2], AgenticDelivery.Ucp().Bytes()), ("svix", shops[2], AgenticDelivery.Ucp().Bytes()),
            ("standardwebhooks", shops[3], AgenticDelivery.Acp().Bytes()), ("merchant", shops[3], AgenticDelivery.Acp().Bytes()),
        ];
        foreach (var (library, shop, body) in deliveries)
        {
            await File.WriteAllBytesAsync(npm.File("body.json"), body, Cancellation);
            (await npm.RunAsync(Script, Cancellation, library, new Uri(host.Address, shop.Path).ToString(), shop.Secret, npm.File("body.json")))
                .ShouldStartWith("202 ", customMessage: $"{library} to {shop.Path}");
            (await npm.RunAsync(Script, Cancellation, library, new Uri(host.Address, shop.Path).ToString(), "whsec_AAAA", npm.File("body.json")))
                .ShouldStartWith("401 ", customMessage: $"{library} to {shop.Path}, with another secret");
        }
    }
}
