using Serverless.Components.Bindings;
using Serverless.Components.Bindings.PostgreSql;

namespace Serverless.Tests.Components.Bindings.PostgreSql;

public sealed class PostgreSqlParametersTests
{
    [Fact]
    public void Read_Values_BecomePostgreSqlsText() => Assert.Equal(
        ["a", "1", "2", "1000", "0.10", "12345678901234567890.5", "-3", "0", "1e-400", "5.00000000000000000000000000000000001", "true", "false", null, "[1, \"x\"]", "{\"a\":null}"],
        PostgreSqlParameters.Read("[\"a\",1,2.0,1e3,0.10,12345678901234567890.5,-3.0,0.0,1e-400,5.00000000000000000000000000000000001,true,false,null,[1, \"x\"],{\"a\":null}]"));

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("[]")]
    public void Read_Nothing_IsEmpty(string? text) => Assert.Empty(PostgreSqlParameters.Read(text));

    [Theory]
    [InlineData("{}")]
    [InlineData("1")]
    [InlineData("[1")]
    [InlineData("[\"\\ud800\"]")]
    public void Read_NoArray_IsTold(string text) =>
        Assert.StartsWith("invalid metadata property params: ", Assert.Throws<BindingException>(() => PostgreSqlParameters.Read(text)).Message, StringComparison.Ordinal);
}
