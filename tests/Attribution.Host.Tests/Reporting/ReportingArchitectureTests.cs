using System.Reflection;
using Attribution.Host.Reporting;
using Microsoft.AspNetCore.Http;

namespace Attribution.Host.Tests.Reporting;

public class ReportingArchitectureTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    [Fact]
    public void Only_api_namespaces_return_http_results()
    {
        var types = typeof(ReportingStage).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("Attribution.Host.Reporting", StringComparison.Ordinal) == true).ToList();
        types.Where(type => type.Namespace!.EndsWith(".Api", StringComparison.Ordinal)).ShouldContain(type => Mentions(type));
        types.Where(type => !type.Namespace!.EndsWith(".Api", StringComparison.Ordinal) && Mentions(type)).ShouldBeEmpty();
    }

    private static bool Mentions(Type type) =>
        type.GetFields(All).Any(field => IsResult(field.FieldType))
        || type.GetMethods(All).Any(method => IsResult(method.ReturnType) || method.GetParameters().Any(parameter => IsResult(parameter.ParameterType)));

    private static bool IsResult(Type type) => type == typeof(IResult) || type.GenericTypeArguments.Any(IsResult);
}
