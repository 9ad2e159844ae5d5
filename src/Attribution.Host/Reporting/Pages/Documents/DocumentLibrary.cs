using System.Collections.Frozen;
using System.Reflection;

namespace Attribution.Host.Reporting.Pages.Documents;

/// <summary>
/// The documents of the repository, embedded in the assembly. Each has its path in the repository as its name. Nothing is
/// read before it is requested.
/// </summary>
internal static class DocumentLibrary
{
    /// <summary>The address of the index; addresses of documents begin with it.</summary>
    public const string Url = "/docs";

    /// <summary>The index: it lists the documents by subject, and answers by question.</summary>
    public const string Index = "docs/README.md";

    private const string Folder = "docs/";

    // A folder that docs/ does not have, for files of other folders.
    private const string OtherFolders = "-/";

    private const string Prefix = "documents/";

    private static readonly Assembly Assembly = typeof(DocumentLibrary).Assembly;

    /// <summary>Gets the paths of all files: documents, pictures, and the files to which documents link.</summary>
    public static FrozenSet<string> Paths { get; } = Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..])
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Gets the paths of the documents.</summary>
    public static IEnumerable<string> Documents => Paths.Where(IsDocument).Order(StringComparer.Ordinal);

    /// <summary>Indicates whether a file is a document, that is, Markdown.</summary>
    public static bool IsDocument(string path) => path.EndsWith(".md", StringComparison.Ordinal);

    /// <summary>Returns the file at an address, given without <see cref="Url"/>; null if there is none.</summary>
    public static string? FindPath(string? address)
    {
        var path = address is null or "" ? Index
            : address.StartsWith(OtherFolders, StringComparison.Ordinal) ? address[OtherFolders.Length..]
            : Folder + address;
        return Paths.Contains(path) ? path : null;
    }

    /// <summary>Returns the address of a file.</summary>
    public static string UrlOf(string path) =>
        path == Index ? Url
        : path.StartsWith(Folder, StringComparison.Ordinal) ? $"{Url}/{path[Folder.Length..]}"
        : $"{Url}/{OtherFolders}{path}";

    /// <summary>Opens a file.</summary>
    public static Stream Open(string path) =>
        Assembly.GetManifestResourceStream(Prefix + path) ?? throw new FileNotFoundException("No such document.", path);

    /// <summary>Reads a text file.</summary>
    public static string ReadText(string path)
    {
        using var reader = new StreamReader(Open(path));
        return reader.ReadToEnd();
    }
}
