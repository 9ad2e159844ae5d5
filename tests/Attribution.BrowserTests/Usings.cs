global using System.Globalization;
global using System.Text.Json.Nodes;
global using Microsoft.Playwright;
global using Shouldly;
global using Xunit;

// The tests share one machine: a browser and a host at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
