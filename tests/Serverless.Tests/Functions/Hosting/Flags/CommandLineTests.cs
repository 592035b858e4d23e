using Serverless.Functions.Hosting.Flags;

namespace Serverless.Tests.Functions.Hosting.Flags;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--nope", "unknown flag --nope; --help lists all")]
    [InlineData("--nope=secret", "unknown flag --nope; --help lists all")]
    [InlineData("-x", "unknown flag -x; --help lists all")]
    [InlineData("---", "unknown flag ---; --help lists all")]
    [InlineData("--app-port", "--app-port needs a value")]
    [InlineData("--app-port=http", "--app-port: 'http' is not a port (0 to 65535)")]
    [InlineData("--app-port=65536", "--app-port: '65536' is not a port (0 to 65535)")]
    [InlineData("--dapr-http-port=-1", "--dapr-http-port: '-1' is not a port (0 to 65535)")]
    [InlineData("--dapr-grpc-port=x", "--dapr-grpc-port: 'x' is not a port (0 to 65535)")]
    [InlineData("--app-max-concurrency=1.5", "--app-max-concurrency: '1.5' is not a whole number")]
    [InlineData("--dapr-graceful-shutdown-seconds=-1", "--dapr-graceful-shutdown-seconds: '-1' is less than 0")]
    [InlineData("--startup-timeout=soon", "--startup-timeout: 'soon' is not a duration such as 20s or 1m30s")]
    [InlineData("--startup-timeout=-1s", "--startup-timeout: '-1s' is not a duration such as 20s or 1m30s")]
    [InlineData("--startup-timeout=9999h", "--startup-timeout: '9999h' is not a duration such as 20s or 1m30s")]
    [InlineData("--max-body-size=big", "--max-body-size: 'big' is not a size such as 4Mi or 500k")]
    [InlineData("--log-level=verbose", "--log-level: 'verbose' is not one of debug, info, warn, error, fatal")]
    [InlineData("--log-as-json=yes", "--log-as-json: 'yes' is neither true nor false")]
    [InlineData("--mode=serverless", "--mode: 'serverless' is not one of standalone, kubernetes")]
    public void Parse_Unusable_SaysWhy(string argument, string message) =>
        Assert.Equal(message, Assert.Throws<FlagException>(() => CommandLine.Parse([argument])).Message);

    [Fact]
    public void Parse_ValueThatLooksLikeAFlag_IsTheValue() =>
        Assert.Equal(["-1"], CommandLine.Parse(["--app-max-concurrency", "-1"]).Find(AppFlags.MaxConcurrency));

    [Fact]
    public void Parse_ValueWithEqualsSign_KeepsIt() =>
        Assert.Equal(["a=b"], CommandLine.Parse(["--app-id=a=b"]).Find(AppFlags.Id));

    [Fact]
    public void Parse_WordAfterSwitch_IsAnArgument()
    {
        var line = CommandLine.Parse(["--log-as-json", "false", "--app-id", "x", "--", "--nope"]);

        Assert.True(line.Has(ProcessFlags.LogAsJson));
        Assert.Equal(["false", "--nope"], line.Arguments);
        Assert.Equal(["x"], line.Find(AppFlags.Id));
    }

    [Fact]
    public void Parse_Repeated_KeepsTheOrder() =>
        Assert.Equal(["a", "b,c"], CommandLine.Parse(["--resources-path", "a", "-resources-path=b,c"]).Find(ResourceFlags.ResourcesPath));

    [Theory]
    [InlineData("-h")]
    [InlineData("-help")]
    [InlineData("--help")]
    public void Help_AnySpelling_Prints(string argument) => Assert.NotNull(CommandText.For(CommandLine.Parse([argument])));
}
