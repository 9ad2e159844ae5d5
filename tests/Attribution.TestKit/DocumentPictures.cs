using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Attribution.TestKit;

/// <summary>
/// The pictures of pages in <c>docs/images</c>. Beside them lies a record with a digest of the components and the style sheet of
/// each page, so that a test notices a picture that is older than its page.
/// </summary>
public static partial class DocumentPictures
{
    /// <summary>Maximum size of a picture in bytes.</summary>
    public const int MaxSize = 80 << 10;

    /// <summary>Environment variable with which the test that makes the pictures writes them.</summary>
    public const string WriteVariable = "ATTRIBUTION_WRITE_PICTURES";

    private static readonly string Pages = Path.Combine(TestData.Repository, "src", "Attribution.Host", "Reporting", "Pages");

    private static readonly Lazy<Dictionary<string, string>> Components = new(() =>
        Directory.GetFiles(Pages, "*.razor", SearchOption.AllDirectories).ToDictionary(file => Path.GetFileNameWithoutExtension(file)));

    /// <summary>
    /// Gets the pictures. <c>{order}</c>, <c>{a}</c> and <c>{b}</c> of an address stand for an order and two creators of the demo.
    /// </summary>
    public static IReadOnlyList<DocumentPicture> All { get; } =
    [
        new("overview", "/", "OverviewPage", 1080),
        new("creators", "/creators", "CreatorsPage", 760),
        new("creator", "/creators/{a}", "CreatorPage", 960),
        new("campaigns", "/campaigns", "CampaignsPage", 480),
        new("orders", "/orders", "OrdersPage", 820),
        new("order", "/orders/{order}", "OrderPage", 1000),
        new("payouts", "/statements", "PayoutStatementsPage", 620),
        new("ranking", "/ranking", "RankingPage", 820),
        new("compare", "/compare?a=creators/{a}&b=creators/{b}", "ComparisonPage", 480),
        new("what-if", "/what-if", "WhatIfPage", 640),
        new("data-quality", "/quality", "QualityPage", 820),
        new("restatements", "/restatements", "RestatementsPage", 640),
        new("catalog", "/catalog/codes", "CatalogKindPage", 640),
        new("first-steps", "/start", "StartPage", 700),
    ];

    /// <summary>Gets the folder of the pictures.</summary>
    public static string Folder { get; } = Path.Combine(TestData.Repository, "docs", "images");

    private static string RecordPath => Path.Combine(Folder, "record.txt");

    /// <summary>Returns the path of a picture.</summary>
    public static string PathOf(DocumentPicture picture) => Path.Combine(Folder, picture.Name + ".webp");

    /// <summary>Returns the line of the record that belongs to a picture and to its page as they are.</summary>
    public static string RecordOf(DocumentPicture picture) =>
        $"{picture.Name} page {Digest(SourcesOf(picture.Component))} picture {Digest([PathOf(picture)])}";

    /// <summary>Reads the record.</summary>
    public static IReadOnlyList<string> ReadRecord() => File.ReadAllLines(RecordPath);

    /// <summary>Writes the record of all pictures.</summary>
    public static void WriteRecord() => File.WriteAllLines(RecordPath, All.Select(RecordOf));

    /// <summary>Returns the style sheet and the component with all components in it.</summary>
    public static IReadOnlyList<string> SourcesOf(string component)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal) { Path.Combine(Pages, "Assets", "page.css") };
        var next = new Queue<string>([component]);
        while (next.TryDequeue(out var name))
        {
            if (!Components.Value.TryGetValue(name, out var file) || !found.Add(file)) continue;
            foreach (Match tag in Tag().Matches(File.ReadAllText(file))) next.Enqueue(tag.Groups["name"].Value);
        }

        return [.. found];
    }

    private static string Digest(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    [GeneratedRegex("<(?<name>[A-Z][A-Za-z]+)")]
    private static partial Regex Tag();
}

/// <summary>A picture of a page.</summary>
/// <param name="Name">Name of the file, without its ending.</param>
/// <param name="Url">Address of the page.</param>
/// <param name="Component">Component of the page.</param>
/// <param name="Height">Height in pixels.</param>
public sealed record DocumentPicture(string Name, string Url, string Component, int Height);
