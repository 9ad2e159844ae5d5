using Attribution.Host.Cli;

return await CommandLine.RunAsync(args);
