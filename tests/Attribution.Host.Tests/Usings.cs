global using System.Globalization;
global using Attribution.TestKit.Hosts;
global using Shouldly;
global using Xunit;
