using Attribution.Host.Cli;
using Attribution.Host.Hosting;

// Both come first: without these libraries, or with too few handles, the runtime cannot even load what follows.
if (NativeLibraries.FindMissing() is { } missing)
{
    NativeLibraries.WriteError(missing);
    return 1;
}

if (OpenFileLimit.FindFault() is { } fault)
{
    await Console.Error.WriteLineAsync(fault);
    return 1;
}

return await CommandLine.RunAsync(args);
