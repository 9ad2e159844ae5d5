using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Attribution.Host.Tests.Walk;

/// <summary>
/// Copies of the product's assemblies in which every sequence point calls <see cref="LineProbe.Hit"/>, in a load
/// context of their own.
/// </summary>
public sealed class InstrumentedProgram : AssemblyLoadContext
{
    private static readonly string[] Product =
    [
        "attribution", "Attribution.Contracts", "Attribution.Core", "Attribution.Storage", "Attribution.Storage.Sqlite", "Attribution.Storage.MongoDb",
    ];

    private readonly string folder;

    private InstrumentedProgram(string folder, IReadOnlyList<SourcePoint> points)
        : base("instrumented") => (this.folder, Points) = (folder, points);

    /// <summary>Gets the sequence points by number.</summary>
    public IReadOnlyList<SourcePoint> Points { get; }

    /// <summary>
    /// Writes instrumented copies of the product's assemblies to a folder. Their <c>.pdb</c> files must be beside the
    /// originals.
    /// </summary>
    public static InstrumentedProgram Create(string binFolder, string folder)
    {
        Directory.CreateDirectory(folder);
        var points = new List<SourcePoint>();
        var hit = typeof(LineProbe).GetMethod(nameof(LineProbe.Hit))!;
        foreach (var name in Product)
        {
            using var resolver = new DefaultAssemblyResolver();
            resolver.AddSearchDirectory(binFolder);
            var parameters = new ReaderParameters { ReadSymbols = true, SymbolReaderProvider = new PortablePdbReaderProvider(), AssemblyResolver = resolver };
            using var assembly = AssemblyDefinition.ReadAssembly(Path.Combine(binFolder, name + ".dll"), parameters);
            var probe = assembly.MainModule.ImportReference(hit);
            foreach (var method in assembly.MainModule.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
                Instrument(method, probe, points);
            assembly.Write(Path.Combine(folder, name + ".dll"));
        }

        return new InstrumentedProgram(folder, points);
    }

    /// <summary>Runs the program's entry point and returns its exit code.</summary>
    public async Task<int> RunAsync(params string[] args)
    {
        var entry = LoadFromAssemblyPath(Path.Combine(folder, "attribution.dll")).EntryPoint!;
        // The compiler's synchronous entry point waits for the asynchronous one.
        return await Task.Factory.StartNew(
            () => entry.Invoke(null, [args]) is int code ? code : 0, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        Product.Contains(assemblyName.Name) ? LoadFromAssemblyPath(Path.Combine(folder, assemblyName.Name + ".dll")) : null;

    private static void Instrument(MethodDefinition method, MethodReference probe, List<SourcePoint> points)
    {
        var marks = method.DebugInformation.SequencePoints.Where(point => !point.IsHidden)
            .Select(point => (point.Offset, File: GetSourceFile(point.Document.Url), point.StartLine)).Where(point => point.File is not null).ToList();
        if (marks.Count == 0) return;
        var body = method.Body;
        var instructions = body.Instructions.ToDictionary(instruction => instruction.Offset);
        var name = GetSourceName(method);
        var isData = method.IsGetter || method.IsSetter || method.IsConstructor;
        body.SimplifyMacros();
        var il = body.GetILProcessor();
        foreach (var (offset, file, line) in marks)
        {
            if (!instructions.TryGetValue(offset, out var instruction)) continue;
            // The instruction moves behind the call, so that branches and handlers that point to it run the call first.
            var moved = il.Create(OpCodes.Nop);
            (moved.OpCode, moved.Operand) = (instruction.OpCode, instruction.Operand);
            (instruction.OpCode, instruction.Operand) = (OpCodes.Ldc_I4, points.Count);
            var call = il.Create(OpCodes.Call, probe);
            il.InsertAfter(instruction, call);
            il.InsertAfter(call, moved);
            points.Add(new SourcePoint(file!, line, name, isData));
        }

        body.OptimizeMacros();
    }

    /// <summary>Returns the path from <c>src/</c>; null for generated code.</summary>
    private static string? GetSourceFile(string url)
    {
        var path = url.Replace('\\', '/');
        if (path.EndsWith(".g.cs", StringComparison.Ordinal) || path.Contains("/obj/", StringComparison.Ordinal)) return null;
        var from = path.LastIndexOf("/src/Attribution.", StringComparison.Ordinal);
        return from < 0 ? null : path[(from + 1)..];
    }

    /// <summary>
    /// Returns <c>Type.Method</c>. State machines, lambdas and local functions get the name of the method that contains
    /// them.
    /// </summary>
    private static string GetSourceName(MethodDefinition method)
    {
        var (type, name) = (method.DeclaringType, method.Name);
        while (type.IsNested && type.Name.StartsWith('<'))
        {
            // For example <PostAsync>d__3.MoveNext, or <>c__DisplayClass1_0.<Map>b__0.
            if (type.Name[1] != '>') name = type.Name;
            type = type.DeclaringType;
        }

        // State machines of lambdas have nested names, such as <<Map>b__0>d.
        var inner = name.TrimStart('<');
        var end = inner.IndexOf('>');
        return $"{type.Name.Split('`')[0]}.{(name.StartsWith('<') && end > 0 ? inner[..end] : name)}";
    }
}
