using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Configuration;

/// <summary>The secret of customer keys: created once or configured, and compared at each start.</summary>
public sealed class CustomerKeySecretTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string SecretFile => folder.File("data/customer-keys.secret");

    [Fact]
    public async Task Secret_is_created_once_for_the_owner_and_shared_by_all_processes()
    {
        string first, second;
        await using (var a = await BuildAsync("--Bus:Transport=RabbitMq", "--Host:Roles=report", "--Host:Instance=a"))
        await using (var b = await BuildAsync("--Bus:Transport=RabbitMq", "--Host:Roles=report", "--Host:Instance=b"))
            (first, second) = (SecretOf(a), SecretOf(b));
        second.ShouldBe(first);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(SecretFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.ReadAllText(SecretFile).Length.ShouldBe(43, "256 random bits");

        await using var later = await BuildAsync();
        SecretOf(later).ShouldBe(first);
    }

    [Fact]
    public async Task Start_with_a_different_secret_is_refused_and_changes_nothing()
    {
        await (await BuildAsync("--Ingest:CustomerKeySecret=the secret of the first host")).DisposeAsync();
        File.Exists(SecretFile).ShouldBeFalse("a configured secret is not written to a file");

        var refusal = await GetRefusalAsync("--Ingest:CustomerKeySecret=the secret of some other host");
        refusal.Message.ShouldStartWith("Ingest:CustomerKeySecret: the store's customer keys were hashed with another secret");
        refusal.Message.ShouldNotContain("some other host");

        // A new secret is also not created for a store that was created with one.
        (await GetRefusalAsync()).Message.ShouldStartWith($"{SecretFile} is missing, and the store's customer keys were hashed with it.");
        File.Exists(SecretFile).ShouldBeFalse();

        await File.WriteAllTextAsync(
            folder.File("secret"), "the secret of the first host\n", TestContext.Current.CancellationToken);
        await using var host = await BuildAsync($"--Ingest:CustomerKeySecretFile={folder.File("secret")}");
        SecretOf(host).ShouldBe(new CustomerKeyHasher("the secret of the first host"u8).Hash("cus_9f"));
    }

    [Theory]
    [InlineData("Ingest:CustomerKeySecret: the secret of customer keys has 5 bytes; at least 16 are required. Create one with 'openssl rand -base64 32'.", "--Ingest:CustomerKeySecret=short")]
    [InlineData("The secret of customer keys cannot be read: Could not find file '/nowhere.secret'.", "--Ingest:CustomerKeySecretFile=/nowhere.secret")]
    [InlineData("Ingest:CustomerKeySecret: specify either the secret or the file that holds it (Ingest:CustomerKeySecretFile), not both.", "--Ingest:CustomerKeySecret=a secret of a test", "--Ingest:CustomerKeySecretFile=/nowhere")]
    public async Task Invalid_secret_refuses_the_start(string message, params string[] settings) => (await GetRefusalAsync(settings)).Message.ShouldBe(message);

    public void Dispose() => folder.Dispose();

    private static string SecretOf(TestHost host) => host.GetService<CustomerKeyHasher>().Hash("cus_9f");

    private Task<TestHost> BuildAsync(params string[] settings) => TestHost.BuildAsync(folder.File("data"), null, null, settings);

    private async Task<StartupException> GetRefusalAsync(params string[] settings) =>
        await Should.ThrowAsync<StartupException>(async () => await (await BuildAsync(settings)).DisposeAsync());
}
