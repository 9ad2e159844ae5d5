using Attribution.Host.Cli;
using Attribution.Host.Hosting;

if (NativeLibraries.FindMissing() is { } missing)
{
    NativeLibraries.WriteError(missing);
    return 1;
}

return await CommandLine.RunAsync(args);
