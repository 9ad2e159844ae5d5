using Attribution.Core.Values;
using Attribution.Storage.Access;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Webhook secrets.</summary>
public abstract class WebhookSecretStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task A_webhook_secret_is_read_as_added()
    {
        await using var store = await OpenNewAsync();
        (await store.WebhookSecrets.ListWebhookSecretsAsync(Cancellation)).ShouldBeEmpty();

        var whole = Secret("b") with { SendsMinorUnits = true, RevokedAt = new Timestamp(3), LastUsedAt = new Timestamp(4) };
        await store.WebhookSecrets.AddWebhookSecretAsync(whole, Cancellation);
        await store.WebhookSecrets.AddWebhookSecretAsync(Secret("a"), Cancellation);

        (await store.WebhookSecrets.ListWebhookSecretsAsync(Cancellation)).ShouldBe([Secret("a"), whole]);
        await Should.ThrowAsync<ArgumentException>(async () => await store.WebhookSecrets.AddWebhookSecretAsync(whole, Cancellation));
    }

    [Fact]
    public async Task Revoking_a_webhook_secret_deletes_its_text_and_keeps_the_first_time()
    {
        await using var store = await OpenNewAsync();
        await store.WebhookSecrets.AddWebhookSecretAsync(Secret("a"), Cancellation);

        (await store.WebhookSecrets.RevokeWebhookSecretAsync("a", new Timestamp(7), Cancellation)).ShouldBeTrue();
        (await store.WebhookSecrets.RevokeWebhookSecretAsync("a", new Timestamp(9), Cancellation)).ShouldBeTrue();
        (await store.WebhookSecrets.RevokeWebhookSecretAsync("b", new Timestamp(9), Cancellation)).ShouldBeFalse();

        (await store.WebhookSecrets.ListWebhookSecretsAsync(Cancellation)).Single().ShouldBe(
            Secret("a") with { Secret = "", RevokedAt = new Timestamp(7) });
    }

    [Fact]
    public async Task The_latest_use_of_a_webhook_secret_is_kept()
    {
        await using var store = await OpenNewAsync();
        await store.WebhookSecrets.AddWebhookSecretAsync(Secret("a"), Cancellation);

        foreach (var at in new long[] { 20, 10 })
            await store.WebhookSecrets.RecordWebhookSecretUseAsync(
                [KeyValuePair.Create("a", new Timestamp(at)), KeyValuePair.Create("gone", new Timestamp(at))],
                Cancellation);

        (await store.WebhookSecrets.ListWebhookSecretsAsync(Cancellation)).Single().LastUsedAt.ShouldBe(new Timestamp(20));
    }

    [Fact]
    public async Task The_hours_of_use_are_kept_for_four_weeks()
    {
        await using var store = await OpenNewAsync();
        await store.WebhookSecrets.AddWebhookSecretAsync(Secret("a"), Cancellation);
        await store.WebhookSecrets.AddWebhookSecretAsync(Secret("b"), Cancellation);
        (await store.WebhookSecrets.ReadWebhookSecretHoursAsync(Cancellation)).ShouldBeEmpty();

        const long HourMilliseconds = 3_600_000;
        foreach (var hour in new long[] { 7, 5, 7, 672, 678 })
            await store.WebhookSecrets.RecordWebhookSecretUseAsync(
                [KeyValuePair.Create("a", new Timestamp((hour * HourMilliseconds) + hour)), KeyValuePair.Create("gone", new Timestamp(hour))], Cancellation);

        var hours = await store.WebhookSecrets.ReadWebhookSecretHoursAsync(Cancellation);
        hours.Keys.ShouldBe(["a"]);
        hours["a"].ShouldBe([7, 672, 678]);
        (await store.WebhookSecrets.ListWebhookSecretsAsync(Cancellation)).Count.ShouldBe(2);
    }

    private static WebhookSecretDocument Secret(string id) =>
        new() { Id = id, Vendor = "shopify", Source = "shop", Brand = "glow", Secret = "hush ✓", CreatedAt = new Timestamp(1) };
}
