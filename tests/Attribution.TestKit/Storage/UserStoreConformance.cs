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
            SignedInAt = new Timestamp(4), InvitationHash = "ab12", InvitedUntil = new Timestamp(5), DisabledAt = new Timestamp(6),
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
    public async Task Attempts_by_address_are_read_as_written()
    {
        await using var store = await OpenNewAsync();
        SignInAddress[] addresses =
        [
            new("203.0.113.9", new Timestamp(7)) { FailedAttempts = 2, LockedUntil = new Timestamp(8), SignedInAt = new Timestamp(6) },
            new("2001:db8::/64", new Timestamp(9)),
        ];
        await store.Users.AddUserAsync(Bare with { Addresses = [addresses[0]] }, Cancellation);
        (await store.Users.ListUsersAsync(Cancellation)).Single().Addresses.ShouldBe([addresses[0]]);
        await store.Users.UpdateUserAsync("anna", user => user with { Addresses = user.Addresses.Add(addresses[1]) }, Cancellation);
        (await store.Users.ListUsersAsync(Cancellation)).Single().Addresses.ShouldBe(addresses);
    }

    [Fact]
    public async Task A_session_is_found_until_it_ends()
    {
        await using var store = await OpenNewAsync();
        await store.Users.AddUserAsync(Bare, Cancellation);
        foreach (var (id, user, at) in new[] { ("a", "anna", 10), ("b", "anna", 20), ("c", "ben", 30), ("d", "anna", 40) })
            await store.Users.AddSessionAsync(new(id, user, new Timestamp(at)), new Timestamp(at - 30), Cancellation);
        (await FindAllAsync()).ShouldBe("bcd", "the first has ended when the last begins");
        (await store.Users.FindSessionAsync("b", Cancellation)).ShouldBe(new UserSessionDocument("b", "anna", new Timestamp(20)));

        await store.Users.RemoveSessionAsync("b", Cancellation);
        await store.Users.RemoveSessionAsync("b", Cancellation);
        (await FindAllAsync()).ShouldBe("cd");
        await store.Users.RemoveSessionsAsync("ben", Cancellation);
        (await FindAllAsync()).ShouldBe("d");
        await store.Users.RemoveUserAsync("anna", Cancellation);
        (await FindAllAsync()).ShouldBe("");

        async Task<string> FindAllAsync()
        {
            var found = "";
            foreach (var id in new[] { "a", "b", "c", "d" })
                if (await store.Users.FindSessionAsync(id, Cancellation) is not null) found += id;
            return found;
        }
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
