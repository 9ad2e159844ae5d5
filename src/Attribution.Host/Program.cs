using Attribution.Host.Hosting.Commands;

return await CommandLine.RunAsync(args);
