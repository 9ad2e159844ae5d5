using System.CommandLine;
using System.Security.Cryptography;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Storage.Access;
using Spectre.Console;

namespace Attribution.Host.Cli;

/// <summary>
/// <c>attribution users create|list|password|remove</c>: the people who sign in to the analysts' page. They work on the store itself, whether a host
/// runs on it or not; running hosts follow within a second.
/// </summary>
internal static class UsersCommands
{
    private static readonly Argument<string> Name = new("name") { Description = "What they sign in with: 1 to 64 of a-z 0-9 . _ @ -" };
    private static readonly Option<string> Role = new("--role") { Description = "viewer (reads), editor (writes the catalog but for its brands, replays), admin (everything)", Required = true };
    private static readonly Option<string> Brand = new("--brand") { Description = "The only brand they may see (default: every brand)" };
    private static readonly Option<bool> Generate = new("--generate") { Description = "Make a password and print it, instead of reading one" };
    private static readonly Option<bool> NoPassword = new("--no-password") { Description = "For users whom a reverse proxy signs in (Host:SignIn:UserHeader)" };

    /// <summary>Adds the four.</summary>
    public static void AddTo(RootCommand root)
    {
        var users = new Command("users", "Make, list and remove the people who sign in to the page");
        users.Add(CreateUserCommand("create", "Make a user; the password is read from standard input", CreateAsync, Role, Brand, Generate, NoPassword));
        users.Add(ServeCommand.CreateStoreCommand("list", "List the users", ListAsync));
        users.Add(CreateUserCommand("password", "Give a user another password, unlock the name, and end the user's sessions", PasswordAsync, Generate));
        users.Add(CreateUserCommand("remove", "Remove a user and end the user's sessions", RemoveAsync));
        root.Add(users);
    }

    private static Command CreateUserCommand(string name, string description, Func<ParseResult, StandaloneStore, CancellationToken, Task<int>> run, params Option[] options)
    {
        var verb = ServeCommand.CreateStoreCommand(name, description, run, options);
        verb.Add(Name);
        return verb;
    }

    private static async Task<int> CreateAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var errors = new List<string>();
        var (name, role, brand) = (parsed.GetValue(Name)!, parsed.GetValue(Role)!, parsed.GetValue(Brand));
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '@' or '-'))
            errors.Add("name: 1 to 64 of a-z 0-9 . _ @ -.");
        if (!UserRoles.All.TryGetValue(role, out var scopes))
            errors.Add($"--role: there is no '{role}'{SimilarNames.Suggest(role, UserRoles.All.Keys)}; the roles are viewer, editor, admin.");
        if (brand is not null && !(await store.BrandsAsync(cancellation)).Contains(brand)) errors.Add($"--brand: there is no brand '{brand}'.");
        if (parsed.GetValue(NoPassword) && parsed.GetValue(Generate)) errors.Add("--generate: makes a password, and --no-password wants none; give one of them.");
        if ((await store.Users.ListUsersAsync(cancellation)).Any(user => user.Name == name))
            errors.Add($"name: there is a user '{name}' already; 'attribution users password' gives another password, 'users remove' makes room for another role.");
        if (errors.Count > 0) throw StartupException.ForConfiguration(errors);

        var password = parsed.GetValue(NoPassword) ? null : await ReadPasswordAsync(parsed.GetValue(Generate), cancellation);
        await store.Users.AddUserAsync(
            new UserDocument { Name = name, PasswordHash = password is null ? null : PasswordSignIn.Hash(password), Scopes = scopes, Brand = brand, CreatedAt = store.Now }, cancellation);
        await store.AuditAsync($"users create {name} --role {role} --brand {brand ?? "every"}", cancellation);
        await Console.Error.WriteLineAsync($"User '{name}' is made.");
        return 0;
    }

    private static async Task<int> ListAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        Console.WriteLine(string.Join('\t', "name", "role", "brand", "password", "made", "signed in", "locked until"));
        foreach (var user in await store.Users.ListUsersAsync(cancellation))
            Console.WriteLine(string.Join(
                '\t', user.Name, UserRoles.GetName(user.Scopes), user.Brand ?? "every", user.PasswordHash is null ? "none" : "kept", user.CreatedAt,
                user.SignedInAt?.ToString() ?? "never", user.LockedUntil is { } until && until > store.Now ? until : "not"));
        return 0;
    }

    private static async Task<int> PasswordAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var name = parsed.GetValue(Name)!;
        if (await IsUnknownAsync(name, store, cancellation)) return 1;
        var hash = PasswordSignIn.Hash(await ReadPasswordAsync(parsed.GetValue(Generate), cancellation));
        if (await store.Users.UpdateUserAsync(name, user => user with { PasswordHash = hash, FailedAttempts = 0, LockedUntil = null }, cancellation) is null) return 1;
        await store.AuditAsync($"users password {name}", cancellation);
        await Console.Error.WriteLineAsync($"User '{name}' has another password.");
        return 0;
    }

    private static async Task<int> RemoveAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var name = parsed.GetValue(Name)!;
        if (await IsUnknownAsync(name, store, cancellation)) return 1;
        if ((await store.Users.ListUsersAsync(cancellation)).Count == 1 && (await store.Keys.ListKeysAsync(cancellation)).Count == 0)
            throw StartupException.ForConfiguration([$"name: '{name}' is the only user, and there are no API keys: the host would be open to everybody on this machine. Make another user or a key first."]);
        await store.Users.RemoveUserAsync(name, cancellation);
        await store.AuditAsync($"users remove {name}", cancellation);
        Console.WriteLine($"User '{name}' is removed.");
        return 0;
    }

    private static async Task<bool> IsUnknownAsync(string name, StandaloneStore store, CancellationToken cancellation)
    {
        var names = (await store.Users.ListUsersAsync(cancellation)).Select(user => user.Name).ToList();
        if (names.Contains(name)) return false;
        await Console.Error.WriteLineAsync($"There is no user '{name}'{SimilarNames.Suggest(name, names)}. See 'attribution users list'.");
        return true;
    }

    /// <summary>A new password: made and printed, typed unseen, or the first line of standard input. An argument would stand in the shell's history.</summary>
    private static async Task<string> ReadPasswordAsync(bool generate, CancellationToken cancellation)
    {
        if (generate)
        {
            var made = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 24);
            Console.WriteLine(made);
            return made;
        }

        var password = Console.IsInputRedirected ? await Console.In.ReadLineAsync(cancellation) ?? ""
            : await new TextPrompt<string>("Password:").Secret().ShowAsync(AnsiConsole.Console, cancellation);
        return PasswordSignIn.FindFault(password) is { } fault ? throw StartupException.ForConfiguration([$"Standard input: {fault} --generate makes one."]) : password;
    }
}
