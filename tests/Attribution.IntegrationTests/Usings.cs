global using System.Globalization;
global using System.Net;
global using System.Text.Json.Nodes;
global using Shouldly;
global using Xunit;

// Every test here has a process of its own that takes what the machine gives.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
