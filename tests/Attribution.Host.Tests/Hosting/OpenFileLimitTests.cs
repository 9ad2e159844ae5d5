using Attribution.Host.Hosting;

namespace Attribution.Host.Tests.Hosting;

/// <summary>The limit of open files as Linux states it.</summary>
public sealed class OpenFileLimitTests
{
    private const string Header = "Limit                     Soft Limit           Hard Limit           Units     \n";

    [Theory]
    [InlineData("Max open files            256                  4096                 files     \n", 256L)]
    [InlineData("Max open files            1048576              1048576              files     \n", 1_048_576L)]
    [InlineData("Max open files            unlimited            unlimited            files     \n", null)]
    [InlineData("Max processes             100                  100                  processes \n", null)]
    public void Soft_limit_is_read(string line, long? limit) => OpenFileLimit.Parse(Header + line).ShouldBe(limit);
}
