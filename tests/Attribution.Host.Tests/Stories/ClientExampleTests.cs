using System.Diagnostics;
using System.Text.Json.Nodes;
using Attribution.Host.Access;
using Attribution.Storage.Access;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Stories;

/// <summary>
/// The complete clients of <c>schemas/examples/clients</c>, run unchanged against a host with a key. Clients whose
/// language is not installed are skipped by name.
/// </summary>
public sealed class ClientExampleTests : IAsyncLifetime
{
    private TestHost host = null!;
    private ApiKey key;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.BuildAsync();
        key = await host.AddKeyAsync("client", KeyScopes.Ingest | KeyScopes.Read);
        await host.StartAsync();
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("curl", "bash", "send-order.sh")]
    [InlineData("node", "node", "send-order.mjs")]
    [InlineData("python3", "python3", "send_order.py")]
    [InlineData("dotnet", "dotnet", "run SendOrder.cs --")]
    [Trait("Category", "Long")]
    public async Task Example_client_sends_an_order_that_arrives(string needs, string program, string arguments)
    {
        if (!IsThere(needs)) Assert.Skip($"{needs} is not on this machine: its client was not run.");
        var order = $"{needs}-1001";
        var (exit, output, errors) = await RunAsync(program, $"{arguments} {order} NOCODE", key.Text);
        exit.ShouldBe(0, $"{output}{errors}");
        output.ShouldContain($"\"id\":\"order-{order}\",\"status\":\"accepted\"");

        await Eventually.IsTrueAsync(
            async () => await host.SendAsync(HttpMethod.Get, $"/v1/conversions/{order}", key: key.Text) is { IsSuccessStatusCode: true } answer
                && JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation)) is not null,
            $"the order {order} is attributed");

        // A code of 300 characters is rejected, and the client receives a structured reason.
        (await RunAsync(program, $"{arguments} {order} {new string('X', 300)}", key.Text)).Exit.ShouldNotBe(0);
    }

    private async Task<(int Exit, string Output, string Errors)> RunAsync(string program, string arguments, string key)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path.Combine(Root(), "schemas", "examples", "clients"), RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["ATTRIBUTION_URL"] = host.App.Urls.Single(), ["ATTRIBUTION_KEY"] = key, ["no_proxy"] = "127.0.0.1", ["NO_PROXY"] = "127.0.0.1" },
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output, await errors);
    }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Attribution.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        return folder;
    }
}
