namespace Attribution.Tests;

/// <summary>
/// Published inputs with expected outputs. The small ones lie in <c>tests/testdata/oracles</c>; large ones beside the checkout, and a test
/// that needs one of those is skipped where it is not there.
/// </summary>
internal static class Oracle
{
    /// <summary>The checkout's root folder.</summary>
    public static string Repository { get; } = Root();

    /// <summary>Where a published file lies: in the tests' data, else in <c>shared/oracles</c> beside the checkout or above it; skips the test where it does not.</summary>
    public static string Path(string relative)
    {
        var own = System.IO.Path.Combine(Repository, "tests", "testdata", "oracles", relative);
        if (File.Exists(own)) return own;
        for (var folder = new DirectoryInfo(Repository); folder is not null; folder = folder.Parent)
        {
            var path = System.IO.Path.Combine(folder.FullName, "shared", "oracles", relative);
            if (File.Exists(path)) return path;
        }
        Assert.Skip($"The published table {relative} is not beside this checkout.");
        return "";
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Attribution.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("No Attribution.sln above the tests.");
        return folder.FullName;
    }
}
