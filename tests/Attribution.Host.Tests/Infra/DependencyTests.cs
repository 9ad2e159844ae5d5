using System.Text.RegularExpressions;
using System.Xml.Linq;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Infra;

/// <summary><c>docs/reference/dependencies.md</c> lists the packages of <c>Directory.Packages.props</c>.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Licenses = ["Apache-2.0", "Apache-2.0 or MPL-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MS-PL or Apache-2.0"];

    [Fact]
    public void Every_package_is_listed_with_version_license_and_reason()
    {
        var pinned = XDocument.Load(Path.Combine(TestData.Repository, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => $"{package.Attribute("Include")!.Value} {package.Attribute("Version")!.Value}");
        var text = File.ReadAllText(Path.Combine(TestData.Repository, "docs", "reference", "dependencies.md"));
        var rows = Regex.Matches(text, @"^\| (?<name>[\w.]+) \| (?<version>[\w.-]+) \| (?<license>[^|]+) \| (?<reason>[^|]+) \|\r?$", RegexOptions.Multiline)
            .Where(row => Licenses.Contains(row.Groups["license"].Value)).ToList();
        rows.Select(row => $"{row.Groups["name"].Value} {row.Groups["version"].Value}").ShouldBe(pinned);
    }
}
