using System.Text;
using Serverless.Components.Bindings.LocalStorage;

namespace Serverless.Tests.Components.Bindings.LocalStorage;

public sealed class LocalStorageDataTests
{
    [Theory]
    [InlineData("\"aGk=\"", "hi")]
    [InlineData("\"aGk\"", "aGk")]
    [InlineData("\"aG\\r\\nk=\\n\"", "hi")]
    [InlineData("\"aGk= \"", "aGk= ")]
    [InlineData("\"a\\tGk=\"", "a\tGk=")]
    [InlineData("\"a-_=\"", "a-_=")]
    [InlineData("\"\"", "")]
    [InlineData("{}", "{}")]
    [InlineData("1.5", "1.5")]
    public void Decode_Data_IsGos(string data, string expected) => Assert.Equal(expected, Encoding.UTF8.GetString(LocalStorageData.Decode(Encoding.UTF8.GetBytes(data)).Span));
}
