using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.Hosting;

public sealed class BuildVersionTests
{
    [Theory]
    [InlineData("1.2.0+0123456789abcdef", "1.2.0", "0123456")]
    [InlineData("1.2.0-rc.1+abc", "1.2.0-rc.1", "abc")]
    [InlineData("1.2.0", "edge", "unknown")]
    [InlineData("1.2.0+", "edge", "unknown")]
    [InlineData("+abc", "edge", "unknown")]
    [InlineData("", "edge", "unknown")]
    [InlineData(null, "edge", "unknown")]
    public void Parse_ReadsVersionAndCommit(string? informational, string version, string commit) =>
        Assert.Equal(new BuildVersion(version, commit), BuildVersion.Parse(informational));
}
