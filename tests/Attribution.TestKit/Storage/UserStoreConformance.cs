using Attribution.Core.Values;
using Attribution.Storage.Access;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Users and session keys.</summary>
public abstract class UserStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    private static readonly UserDocument Bare = new() { Name = "anna", Scopes = KeyScopes.Read, CreatedAt = new Timestamp(5) };

    [Fact]
    public async Task A_user_is_read_as_added_until_removed()
    {
        await using var store = await OpenNewAsync();
        (await store.Users.ListUsersAsync(Cancellation)).ShouldBeEmpty();
        var whole = new UserDocument
        {
            Name = "ben@glow.example", PasswordHash = "AQ==", Scopes = KeyScopes.Edit, Brand = "glow", CreatedAt = new Timestamp(1), FailedAttempts = 2, LockedUntil = new Timestamp(3),
            SignedInAt = new Timestamp(4),
        };
        await store.Users.AddUserAsync(whole, Cancellation);
        await store.Users.AddUserAsync(Bare, Cancellation);
        (await store.Users.ListUsersAsync(Cancellation)).ShouldBe([Bare, whole]);
        await Should.ThrowAsync<ArgumentException>(
            async () => await store.Users.AddUserAsync(Bare with { Scopes = KeyScopes.Admin }, Cancellation));

        (await store.Users.RemoveUserAsync("anna", Cancellation)).ShouldBeTrue();
        (await store.Users.RemoveUserAsync("anna", Cancellation)).ShouldBeFalse();
        (await store.Users.ListUsersAsync(Cancellation)).ShouldBe([whole]);
    }

    [Fact]
    public async Task The_first_session_key_of_a_name_is_kept()
    {
        await using var store = await OpenNewAsync();
        (await store.Users.ListSessionKeysAsync(Cancellation)).ShouldBeEmpty();
        foreach (var (name, key) in new[] { ("key-2", "<key a=\"2\">ä</key>"), ("key-1", "<key/>"), ("key-2", "<other/>") })
            await store.Users.AddSessionKeyAsync(name, key, Cancellation);
        (await store.Users.ListSessionKeysAsync(Cancellation)).ShouldBe(["<key/>", "<key a=\"2\">ä</key>"]);
    }

    [Fact]
    public async Task Concurrent_updates_of_one_user_are_all_applied()
    {
        await using var store = await OpenNewAsync();
        await store.Users.AddUserAsync(Bare, Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(
            async () =>
                await store.Users.UpdateUserAsync("anna", user => user with { FailedAttempts = user.FailedAttempts + 1 }, Cancellation), Cancellation)));
        (await store.Users.ListUsersAsync(Cancellation)).ShouldBe([Bare with { FailedAttempts = 20 }]);
        (await store.Users.UpdateUserAsync("anna", user => user with { LockedUntil = new Timestamp(9) }, Cancellation)).ShouldBe(Bare with { FailedAttempts = 20, LockedUntil = new Timestamp(9) });
        (await store.Users.UpdateUserAsync("ben", user => user, Cancellation)).ShouldBeNull();
    }
}
