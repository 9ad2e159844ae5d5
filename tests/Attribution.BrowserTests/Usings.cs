global using System.Globalization;
global using System.Text.Json.Nodes;
global using Microsoft.Playwright;
global using Shouldly;
global using Xunit;

// One browser and one host, which take what the machine gives.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
