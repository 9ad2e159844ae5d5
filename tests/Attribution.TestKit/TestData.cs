namespace Attribution.TestKit;

/// <summary>Published inputs with expected outputs, in <c>tests/testdata/oracles</c>; where they come from stands in <c>tests/testdata/CONVENTIONS.md</c>.</summary>
public static class TestData
{
    /// <summary>The checkout's root folder.</summary>
    public static string Repository { get; } = Root();

    /// <summary>Where a published file lies.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(Repository, "tests", "testdata", "oracles", relative);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Attribution.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("No Attribution.sln above the tests.");
        return folder.FullName;
    }
}
