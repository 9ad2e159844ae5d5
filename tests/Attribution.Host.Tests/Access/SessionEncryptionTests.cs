using Attribution.Host.Access;
using Attribution.Host.Configuration;
using Attribution.Storage.Access;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Access;

/// <summary>Several report hosts behind one address: each reads sessions that another has signed.</summary>
public sealed class SessionEncryptionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_encrypted_by_a_host_is_readable_only_by_hosts_of_its_store()
    {
        using var folder = new TempFolder();
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("attribution.db") }, Cancellation);
        await using var elsewhere = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("other.db") }, Cancellation);
        var first = ProtectorOf(store.Users);
        var cookie = first.Protect("anna");
        ProtectorOf(store.Users).Unprotect(cookie).ShouldBe("anna");
        first.Unprotect(ProtectorOf(store.Users).Protect("ben")).ShouldBe("ben");
        (await store.Users.ListSessionKeysAsync(Cancellation)).Count.ShouldBe(1);
        Should.Throw<System.Security.Cryptography.CryptographicException>(() => ProtectorOf(elsewhere.Users).Unprotect(cookie));
    }

    private static IDataProtector ProtectorOf(IUserStore store)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(store);
        services.AddOptions<AttributionHostOptions>();
        return services.AddAccess().BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector("session");
    }
}
