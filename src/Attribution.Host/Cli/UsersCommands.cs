using System.CommandLine;
using System.Security.Cryptography;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Storage.Access;
using Spectre.Console;

namespace Attribution.Host.Cli;

/// <summary>
/// Commands <c>attribution users create|list|password|unlock|sign-out|remove</c> for the users of the analysts' page. They work on the
/// store directly, with or without a running host; running hosts apply changes within a second.
/// </summary>
internal static class UsersCommands
{
    private static readonly Argument<string> Name = new("name") { Description = "Sign-in name: 1 to 64 of a-z 0-9 . _ @ -" };
    private static readonly Option<string> Role = new("--role")
    {
        Description = "viewer (reads), editor (writes the catalog except brands, replays rejections), admin (everything)", Required = true,
    };

    private static readonly Option<string> Brand = new("--brand") { Description = "The only brand that the user may access (default: every brand)" };
    private static readonly Option<bool> Generate = new("--generate") { Description = "Generate a password and print it, instead of reading one" };

    private static readonly Option<bool> NoPassword = new("--no-password")
    {
        Description = "Create the user without a password, for sign-in by a reverse proxy (Host:SignIn:UserHeader)",
    };

    /// <summary>Adds the commands.</summary>
    public static void AddTo(RootCommand root)
    {
        var users = new Command("users", "Create, list and remove the users of the page");
        users.Add(CreateUserCommand(
            "create", "Create a user; the password is read from standard input",
            CreateAsync, Role, Brand, Generate, NoPassword));
        users.Add(ServeCommand.CreateStoreCommand("list", "List the users", ListAsync));
        users.Add(CreateUserCommand(
            "password", "Set another password, unlock the name and end the user's sessions", PasswordAsync, Generate));
        users.Add(CreateUserCommand("unlock", "Unlock a name after failed sign-in attempts", UnlockAsync));
        users.Add(CreateUserCommand("sign-out", "End all sessions of a user", SignOutAsync));
        users.Add(CreateUserCommand("remove", "Remove a user and end the user's sessions", RemoveAsync));
        root.Add(users);
    }

    private static Command CreateUserCommand(
        string name, string description, Func<ParseResult, StandaloneStore, CancellationToken, Task<int>> run,
        params Option[] options)
    {
        var verb = ServeCommand.CreateStoreCommand(name, description, run, options);
        verb.Add(Name);
        return verb;
    }

    private static async Task<int> CreateAsync(
        ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var errors = new List<string>();
        var (name, role, brand) = (parsed.GetValue(Name)!, parsed.GetValue(Role)!, parsed.GetValue(Brand));
        if (UserRoles.FindNameFault(name) is { } fault) errors.Add($"name: {fault}");
        if (!UserRoles.All.TryGetValue(role, out var scopes))
            errors.Add($"--role: unknown role '{role}'{SimilarNames.Suggest(role, UserRoles.All.Keys)}; the roles are viewer, editor, admin.");
        if (brand is not null && !(await store.BrandsAsync(cancellation)).Contains(brand))
            errors.Add($"--brand: unknown brand '{brand}'.");
        if (parsed.GetValue(NoPassword) && parsed.GetValue(Generate))
            errors.Add("--generate: cannot be combined with --no-password.");
        if ((await store.Users.ListUsersAsync(cancellation)).Any(user => user.Name == name))
            errors.Add(
                $"name: the user '{name}' already exists. Set another password with 'attribution users password'; "
                + "to change the role, remove the user first.");
        if (errors.Count > 0) throw StartupException.ForConfiguration(errors);

        var password = parsed.GetValue(NoPassword)
            ? null
            : await ReadPasswordAsync(parsed.GetValue(Generate), cancellation);
        await store.Users.AddUserAsync(
            new UserDocument
            {
                Name = name, PasswordHash = password is null ? null : PasswordSignIn.Hash(password), Scopes = scopes,
                Brand = brand,
                CreatedAt = store.Now,
            },
            cancellation);
        await store.AuditAsync($"users create {name} --role {role} --brand {brand ?? "every"}", cancellation);
        await Console.Error.WriteLineAsync($"User '{name}' created.");
        if (!(await store.Users.ListUsersAsync(cancellation)).Any(user => user.Scopes == KeyScopes.Admin))
            await Console.Error.WriteLineAsync(
                "Warning: the page needs a sign-in from now on, and no user has the role admin. "
                + "Create one: attribution users create <name> --role admin");
        return 0;
    }

    private static async Task<int> ListAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        Console.WriteLine(
            string.Join('\t', "name", "role", "brand", "password", "created", "signed in", "locked until", "invited until", "disabled"));
        foreach (var user in await store.Users.ListUsersAsync(cancellation))
            Console.WriteLine(string.Join(
                '\t', user.Name, UserRoles.GetName(user.Scopes), user.Brand ?? "every",
                user.PasswordHash is null ? "none" : "set",
                CommandOutput.FormatTime(user.CreatedAt), CommandOutput.FormatTime(user.SignedInAt),
                CommandOutput.FormatTime(user.FindLock(store.Now), "not locked"),
                CommandOutput.FormatTime(user.InvitedUntil, "not invited"), CommandOutput.FormatTime(user.DisabledAt)));
        return 0;
    }

    private static async Task<int> PasswordAsync(
        ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var name = parsed.GetValue(Name)!;
        if (await IsUnknownAsync(name, store, cancellation)) return 1;
        var hash = PasswordSignIn.Hash(await ReadPasswordAsync(parsed.GetValue(Generate), cancellation));
        var changed = await store.Users.UpdateUserAsync(
            name, user => UserInvitations.Revoke(user.Unlock()) with { PasswordHash = hash }, cancellation);
        if (changed is null) return 1;
        await store.AuditAsync($"users password {name}", cancellation);
        await Console.Error.WriteLineAsync($"Password of user '{name}' changed.");
        return 0;
    }

    private static async Task<int> UnlockAsync(
        ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var name = parsed.GetValue(Name)!;
        if (await IsUnknownAsync(name, store, cancellation)) return 1;
        await store.Users.UpdateUserAsync(name, SignInAttempts.Unlock, cancellation);
        await store.AuditAsync($"users unlock {name}", cancellation);
        Console.WriteLine($"User '{name}' unlocked.");
        return 0;
    }

    private static async Task<int> SignOutAsync(
        ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var name = parsed.GetValue(Name)!;
        if (await IsUnknownAsync(name, store, cancellation)) return 1;
        await store.Users.RemoveSessionsAsync(name, cancellation);
        await store.AuditAsync($"users sign-out {name}", cancellation);
        Console.WriteLine($"All sessions of user '{name}' ended.");
        return 0;
    }

    private static async Task<int> RemoveAsync(
        ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var name = parsed.GetValue(Name)!;
        if (await IsUnknownAsync(name, store, cancellation)) return 1;
        if ((await store.Users.ListUsersAsync(cancellation)).Count == 1
            && (await store.Keys.ListKeysAsync(cancellation)).Count == 0)
            throw StartupException.ForConfiguration([
                $"name: '{name}' is the only user, and there are no API keys. Without both, every caller on this machine would have all scopes. "
                + "Create another user or a key first."]);
        await store.Users.RemoveUserAsync(name, cancellation);
        await store.AuditAsync($"users remove {name}", cancellation);
        Console.WriteLine($"User '{name}' removed.");
        if ((await store.Users.ListUsersAsync(cancellation)).Count == 0)
            await Console.Error.WriteLineAsync(
                "Warning: no user can sign in to the page any more. Create a user: attribution users create <name> --role admin");
        return 0;
    }

    private static async Task<bool> IsUnknownAsync(string name, StandaloneStore store, CancellationToken cancellation)
    {
        var names = (await store.Users.ListUsersAsync(cancellation)).Select(user => user.Name).ToList();
        if (names.Contains(name)) return false;
        await Console.Error.WriteLineAsync($"Unknown user '{name}'{SimilarNames.Suggest(name, names)}. See 'attribution users list'.");
        return true;
    }

    /// <summary>
    /// Returns a new password: generated and printed, entered without echo, or the first line of standard input. An
    /// argument would appear in the shell's history and the process list.
    /// </summary>
    private static async Task<string> ReadPasswordAsync(bool generate, CancellationToken cancellation)
    {
        if (generate)
        {
            var generated = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 24);
            Console.WriteLine(generated);
            return generated;
        }

        var password = Console.IsInputRedirected ? await Console.In.ReadLineAsync(cancellation) ?? ""
            : await new TextPrompt<string>("Password:").Secret().ShowAsync(AnsiConsole.Console, cancellation);
        return PasswordSignIn.FindFault(password) is { } fault
            ? throw StartupException.ForConfiguration([$"Standard input: {fault} Use --generate to generate one."])
            : password;
    }
}
