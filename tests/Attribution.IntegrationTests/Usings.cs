global using System.Globalization;
global using System.Net;
global using System.Text.Json.Nodes;
global using Shouldly;
global using Xunit;

// Each test starts processes that use the whole machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
