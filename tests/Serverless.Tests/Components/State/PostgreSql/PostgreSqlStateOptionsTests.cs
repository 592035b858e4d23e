using Serverless.Components.Registry;
using Serverless.Components.State.PostgreSql;

namespace Serverless.Tests.Components.State.PostgreSql;

public sealed class PostgreSqlStateOptionsTests
{
    [Fact]
    public void Defaults_AreDaprs()
    {
        var options = Read();

        Assert.Equal(("state", "dapr_metadata"), (options.StateTable, options.MetadataTable));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromHours(1)), (options.Timeout, options.CleanupInterval));
    }

    [Theory]
    [InlineData("timeout", "42", 42)]
    [InlineData("timeoutInSeconds", "1", 1)]
    [InlineData("timeout", "1m30s", 90)]
    public void Timeout_Given_IsTaken(string name, string value, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Read((name, value)).Timeout);

    [Theory]
    [InlineData("cleanupInterval", "42", 42)]
    [InlineData("cleanupIntervalInSeconds", "10m", 600)]
    [InlineData("cleanupInterval", "0", null)]
    [InlineData("cleanupInterval", "-1", null)]
    [InlineData("cleanupInterval", "-1h", null)]
    [InlineData("cleanupInterval", "", 3600)]
    public void CleanupInterval_Given_IsTakenOrSwitchesOff(string name, string value, int? seconds) =>
        Assert.Equal(seconds is { } given ? TimeSpan.FromSeconds(given) : null, Read((name, value)).CleanupInterval);

    [Theory]
    [InlineData("my_", "my_state")]
    [InlineData("public.", "public.state")]
    [InlineData("public.my$", "public.my$state")]
    [InlineData("\"My \"\"own\"\"\".x", "\"My \"\"own\"\"\".xstate")]
    [InlineData("größe_", "größe_state")]
    public void TablePrefix_Given_StandsBeforeState(string prefix, string expected) => Assert.Equal(expected, Read(("tablePrefix", prefix)).StateTable);

    [Theory]
    [InlineData("tablePrefix", "a;b")]
    [InlineData("tablePrefix", "a b")]
    [InlineData("tablePrefix", "1a")]
    [InlineData("tablePrefix", "a.b.c")]
    [InlineData("tablePrefix", "a'b")]
    [InlineData("tablePrefix", "a\n")]
    [InlineData("tablePrefix", "\"a\"b")]
    [InlineData("tablePrefix", "a--")]
    [InlineData("metadataTableName", "a; DROP TABLE state")]
    [InlineData("metadataTableName", "a.")]
    [InlineData("metadataTableName", ".a")]
    [InlineData("metadataTableName", "\"a")]
    [InlineData("metadataTableName", "\"a\"b\"")]
    [InlineData("timeout", "0")]
    [InlineData("timeout", "999ms")]
    [InlineData("timeout", "25h")]
    [InlineData("timeout", "NaN")]
    [InlineData("cleanupInterval", "NaN")]
    [InlineData("cleanupInterval", "50000h")]
    public void Value_Unusable_IsAFault(string name, string value)
    {
        var fault = Assert.Throws<ComponentException>(() => Read((name, value)));

        Assert.StartsWith($"component 'statestore': metadata '{name}': expected ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_Several_AreToldTogether()
    {
        var fault = Assert.Throws<ComponentException>(() => PostgreSqlStateOptions.Read(PostgreSqlStores.Context("nonsense", TimeProvider.System, ("timeout", "x"), ("tablePrefix", "-"))));

        Assert.Equal(["'timeout'", "'tablePrefix'", "'connectionString'"], fault.Message.Split("metadata ").Skip(1).Select(part => part.Split(':')[0]));
    }

    private static PostgreSqlStateOptions Read(params (string Name, string Value)[] items) =>
        PostgreSqlStateOptions.Read(PostgreSqlStores.Context("host=h", TimeProvider.System, items));
}
