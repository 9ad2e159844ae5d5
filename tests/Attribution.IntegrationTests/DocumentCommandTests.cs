using System.Diagnostics;
using System.Text.RegularExpressions;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

/// <summary>
/// The commands of README and guides. Each document runs in a bash of its own against a new host; only
/// addresses, the data folder and <c>dotnet run</c> are replaced. A block with a placeholder (<c>…</c>), or after the comment
/// <c>&lt;!-- checked for syntax only: … --&gt;</c>, is read by bash and not run; so is every block of a document with the comment
/// <c>&lt;!-- every block is checked for syntax only: … --&gt;</c>.
/// </summary>
public sealed partial class DocumentCommandTests
{
    /// <summary>
    /// Stops at the first failure. Responses other than 2xx fail. The host of the test is the one that the documents start.
    /// </summary>
    private const string Start = """
        set -Eeuo pipefail
        trap 'echo "failed: $BASH_COMMAND" >&2' ERR
        command() { case $1 in curl) builtin command "$@" --silent --show-error --fail-with-body --max-time 60 ;; *) builtin command "$@" ;; esac; }
        curl() { command curl "$@"; }
        attribution() { case $1 in serve | demo) ;; *) command dotnet "$ATTRIBUTION_PROGRAM" "$@" ;; esac; }
        dotnet() { while [ "$1" != -- ]; do shift; done; shift; attribution "$@"; }
        bash() { [[ $1 == tests/* ]]; }

        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Documents =>
    [
        "README.md",
        .. Directory.GetFiles(Path.Combine(TestData.Repository, "docs/guides"), "*.md", SearchOption.AllDirectories)
            .Where(file => BlocksOf(file).Any()).Select(file => Path.GetRelativePath(TestData.Repository, file)).Order(),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Every_command_of_a_document_runs(string document)
    {
        using var folder = new TempFolder();
        foreach (var sample in Directory.GetFiles(Path.Combine(TestData.Repository, "tests/testdata/guides"))) File.Copy(sample, folder.File(Path.GetFileName(sample)));
        await using var host = await HostProcess.ServeAsync(folder.File("data"), Token);
        var blocks = BlocksOf(Path.Combine(TestData.Repository, document)).ToList();

        foreach (var (text, _) in blocks) await RunAsync(folder, ["-n"], text, "");
        var script = Start + string.Join('\n', blocks.Where(block => block.IsRun).Select(block => block.Text))
            .Replace("http://127.0.0.1:8080", host.Http.BaseAddress!.OriginalString.TrimEnd('/'), StringComparison.Ordinal)
            .Replace("localhost:8080", host.Http.BaseAddress.Authority, StringComparison.Ordinal)
            .Replace("./attribution-data", folder.File("data"), StringComparison.Ordinal);
        script = UrlCommand().Replace(script, $"$0 --url http://{host.Http.BaseAddress.Authority}");
        // Some commands ask for a secret or a password, one of them twice.
        await RunAsync(folder, [], script, string.Concat(Enumerable.Repeat("a-long-secret-of-the-example\n", 4)));

        if (document == "README.md") await ShouldHaveTheStatedNumbersAsync(host);
    }

    /// <summary>Checks the numbers that README states after its order and after its refund.</summary>
    private static async Task ShouldHaveTheStatedNumbersAsync(HostProcess host)
    {
        var today = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var from = DateTime.UtcNow.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await Eventually.IsTrueAsync(
            async () =>
            {
                using var answer = await host.GetAsync($"/v1/rollups/daily?from={from}&to={today}&groupBy=campaign,creator", Token);
                return answer.RootElement.GetProperty("rows").EnumerateArray().Any(row =>
                    row.GetProperty("clicks").GetInt64() == 1 && row.GetProperty("net").GetString() == "75.00"
                    && row.GetProperty("cost").GetProperty("total").GetString() == "50.00" && row.GetProperty("roiPercent").GetString() == "50.0");
            },
            TimeSpan.FromSeconds(20), () => host.Output, Token);
    }

    private static async Task RunAsync(TempFolder folder, string[] options, string script, string input)
    {
        var file = folder.File("commands.sh");
        await File.WriteAllTextAsync(file, script, Token);
        var start = new ProcessStartInfo("bash", [.. options, file])
        {
            WorkingDirectory = folder.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["ATTRIBUTION_PROGRAM"] = Path.Combine(AppContext.BaseDirectory, "attribution.dll");
        using var bash = Process.Start(start)!;
        if (input.Length > 0) await bash.StandardInput.WriteAsync(input);
        bash.StandardInput.Close();
        var (output, errors) = (bash.StandardOutput.ReadToEndAsync(Token), bash.StandardError.ReadToEndAsync(Token));
        await bash.WaitForExitAsync(Token);
        bash.ExitCode.ShouldBe(0, $"{await errors}{Environment.NewLine}{await output}");
    }

    private static IEnumerable<(string Text, bool IsRun)> BlocksOf(string file)
    {
        var document = File.ReadAllText(file);
        var isRun = !document.Contains("<!-- every block is checked for syntax only: ", StringComparison.Ordinal);
        foreach (Match block in Block().Matches(document))
        {
            var indent = block.Groups["indent"].Value;
            var text = string.Join('\n', block.Groups["text"].Value.Split('\n')
                .Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line));
            yield return (text, isRun && !block.Groups["syntax"].Success && !text.Contains('…', StringComparison.Ordinal));
        }
    }

    [GeneratedRegex(@"(?<syntax><!-- checked for syntax only: [^>]+ -->\s*)?^(?<indent> *)```bash\n(?<text>.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    /// <summary>Matches the commands that send to a running host, up to their file.</summary>
    [GeneratedRegex(@"-- (import|export|events|reconcile|rebuild)\b( [\w.-]+)*")]
    private static partial Regex UrlCommand();
}
