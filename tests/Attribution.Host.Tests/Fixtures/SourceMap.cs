using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>
/// Source files of an assembly's types, read from its portable debug symbols. Generated files are left out.
/// </summary>
internal sealed class SourceMap
{
    /// <summary>
    /// Debug information that names the files of types without code: interfaces, enumerations, constants.
    /// </summary>
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly MetadataReader symbols;

    public SourceMap(Assembly assembly)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assembly.Location, ".pdb")));
        symbols = provider.GetMetadataReader();
        Types = [.. assembly.GetTypes().Where(type => !type.IsNested).Select(type => Describe(type))];
    }

    /// <summary>
    /// A type outside of others, with the files that declare it or a type within it, relative to the repository.
    /// </summary>
    public sealed record SourceType(string Namespace, string Name, IReadOnlyCollection<string> Files);

    /// <summary>All types that are written by hand, in no particular order.</summary>
    public IReadOnlyList<SourceType> Types { get; }

    /// <summary>
    /// The namespace that a file of <c>src</c> or <c>tests</c> must declare: its folders after the first.
    /// </summary>
    public static string NamespaceOf(string file) => string.Join('.', file.Split('/')[1..^1]);

    private SourceType Describe(Type type)
    {
        var files = new HashSet<string>();
        foreach (var each in Nested(type).Prepend(type))
        {
            files.UnionWith(DocumentsOfType(each));
            files.UnionWith(each.GetMembers(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                .OfType<MethodBase>().SelectMany(DocumentsOfMethod));
        }

        return new(type.Namespace ?? "", type.Name, [.. files.Select(Relative).OfType<string>().Order(StringComparer.Ordinal)]);
    }

    private static IEnumerable<Type> Nested(Type type) =>
        type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(nested => Nested(nested).Prepend(nested));

    private IEnumerable<string> DocumentsOfMethod(MethodBase method)
    {
        var information = symbols.GetMethodDebugInformation(MetadataTokens.MethodDefinitionHandle(method.MetadataToken & 0xFFFFFF));
        if (!information.Document.IsNil) yield return Name(information.Document);
        foreach (var point in information.GetSequencePoints())
            yield return Name(point.Document);
    }

    private IEnumerable<string> DocumentsOfType(Type type)
    {
        foreach (var handle in symbols.GetCustomDebugInformation(MetadataTokens.TypeDefinitionHandle(type.MetadataToken & 0xFFFFFF)))
        {
            var information = symbols.GetCustomDebugInformation(handle);
            if (symbols.GetGuid(information.Kind) != TypeDefinitionDocuments) continue;
            var documents = symbols.GetBlobReader(information.Value);
            while (documents.RemainingBytes > 0)
                yield return Name(MetadataTokens.DocumentHandle(documents.ReadCompressedInteger()));
        }
    }

    private string Name(DocumentHandle document) => symbols.GetString(symbols.GetDocument(document).Name);

    /// <summary>The path from the repository on; null for a file that is not one of the repository's sources.</summary>
    private static string? Relative(string path)
    {
        var relative = Path.GetRelativePath(TestData.Repository, path).Replace('\\', '/');
        return relative.StartsWith("..", StringComparison.Ordinal) || relative.Contains("/obj/", StringComparison.Ordinal) ? null : relative;
    }
}
