using System.Text;
using Serverless.Components.Bindings;
using Serverless.Components.Bindings.Influx;

namespace Serverless.Tests.Components.Bindings.Influx;

public sealed class InfluxLineTests
{
    [Theory]
    [InlineData("""{"measurement":"m","tags":"t=1","values":"v=1"}""", "m,t=1 v=1")]
    [InlineData("""{"measurement":"m\\ n","tags":null,"values":"v=\"a\\\"b\\\\\""}""", "m\\ n v=\"a\\\"b\\\\\"")]
    [InlineData("""{"measurement":"m","values":"v=\"a\\\"\nb\""}""", "m v=\"a\\\"\nb\"")]
    [InlineData("""{"measurement":"m","values":"a\"b=1,c=\"1,d=\n\""}""", "m a\"b=1,c=\"1,d=\n\"")]
    public void From_Point_IsOneLine(string data, string line) => Assert.Equal(line, InfluxLine.From(Encoding.UTF8.GetBytes(data)));

    [Theory]
    [InlineData("""{"measurement":"m","values":"v=\"open"}""")]
    [InlineData("""{"measurement":"m","values":"v=1\\\nx v=2"}""")]
    [InlineData("""{"measurement":"m","values":"v=\"\"\rx v=2"}""")]
    [InlineData("""{"measurement":"m","values":"a\"b=1\nevil v=1,c\"d=2"}""")]
    [InlineData("""{"measurement":"m","values":"v=1,a\"b=1\nevil v=1,c\"d=2"}""")]
    [InlineData("""{"measurement":"m f=\"","values":"\",g=1\nevil v=1,h=\"\"x\""}""")]
    [InlineData("""{"measurement":"m","tags":["t=1"],"values":"v=1"}""")]
    [InlineData("null")]
    [InlineData("[]")]
    public void From_SomethingElse_IsRefused(string data) =>
        Assert.StartsWith(InfluxLine.Unusable, Assert.Throws<BindingException>(() => InfluxLine.From(Encoding.UTF8.GetBytes(data))).Message, StringComparison.Ordinal);
}
