using Attribution.Core.Values;
using Attribution.Storage.Access;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>API keys and the fingerprint of the customer key.</summary>
public abstract class CredentialStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task A_key_is_read_as_added()
    {
        await using var store = await OpenNewAsync();
        (await store.Credentials.ListKeysAsync(Cancellation)).ShouldBeEmpty();

        var whole = new ApiKeyDocument
        {
            Id = "b", Name = "Shop ✓", Hash = [.. Enumerable.Range(0, 32).Select(n => (byte)n)], Scopes = KeyScopes.Ingest | KeyScopes.Admin, Brand = "glow", Source = "shop",
            MayNameOtherSources = true, SendsMinorUnits = true, CreatedAt = new Timestamp(1), ExpiresAt = new Timestamp(2), RevokedAt = new Timestamp(3), LastUsedAt = new Timestamp(4),
        };
        var bare = new ApiKeyDocument { Id = "a", Name = "Bare", Hash = [.. new byte[32]], Scopes = KeyScopes.Read, Source = "default", CreatedAt = new Timestamp(5) };
        await store.Credentials.AddKeyAsync(whole, Cancellation);
        await store.Credentials.AddKeyAsync(bare, Cancellation);

        (await store.Credentials.ListKeysAsync(Cancellation)).Select(RecordText.Serialize).ShouldBe(
            [RecordText.Serialize(bare), RecordText.Serialize(whole)]);
        await Should.ThrowAsync<ArgumentException>(async () => await store.Credentials.AddKeyAsync(whole, Cancellation));
    }

    [Fact]
    public async Task The_first_customer_key_fingerprint_is_kept()
    {
        await using var store = await OpenNewAsync();
        (await store.Credentials.ReadCustomerKeyFingerprintAsync(Cancellation)).ShouldBeNull();

        (await store.Credentials.GetOrAddCustomerKeyFingerprintAsync("first", Cancellation)).ShouldBe("first");
        (await store.Credentials.GetOrAddCustomerKeyFingerprintAsync("second", Cancellation)).ShouldBe("first");

        (await store.Credentials.ReadCustomerKeyFingerprintAsync(Cancellation)).ShouldBe("first");
    }

    [Fact]
    public async Task The_first_revocation_of_a_key_is_kept()
    {
        await using var store = await OpenNewAsync();
        await store.Credentials.AddKeyAsync(
            new ApiKeyDocument { Id = "a", Name = "A", Hash = [.. new byte[32]], Scopes = KeyScopes.Read, Source = "default", CreatedAt = new Timestamp(5) },
            Cancellation);

        (await store.Credentials.RevokeKeyAsync("a", new Timestamp(7), Cancellation)).ShouldBeTrue();
        (await store.Credentials.RevokeKeyAsync("a", new Timestamp(9), Cancellation)).ShouldBeTrue();
        (await store.Credentials.RevokeKeyAsync("b", new Timestamp(9), Cancellation)).ShouldBeFalse();

        (await store.Credentials.ListKeysAsync(Cancellation)).Single().RevokedAt.ShouldBe(new Timestamp(7));
    }

    [Fact]
    public async Task The_latest_use_of_a_key_is_kept()
    {
        await using var store = await OpenNewAsync();
        await store.Credentials.AddKeyAsync(
            new ApiKeyDocument { Id = "a", Name = "A", Hash = [.. new byte[32]], Scopes = KeyScopes.Read, Source = "default", CreatedAt = new Timestamp(5) },
            Cancellation);

        foreach (var at in new long[] { 20, 10 })
            await store.Credentials.RecordKeyUseAsync(
                [KeyValuePair.Create("a", new Timestamp(at)), KeyValuePair.Create("gone", new Timestamp(at))],
                Cancellation);

        (await store.Credentials.ListKeysAsync(Cancellation)).Single().LastUsedAt.ShouldBe(new Timestamp(20));
    }
}
