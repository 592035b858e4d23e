using System.Buffers.Text;
using System.Text;
using Serverless.Components.Clients.AzureIdentity;

namespace Serverless.Tests.Clients.AzureIdentity;

public sealed class JwtClaimsTests
{
    [Fact]
    public void ReadObjectId_There_IsGiven() => Assert.Equal("00aa-ä", JwtClaims.ReadObjectId(Token("""{"aud":"x","oid":"00aa-ä","exp":1}""")));

    [Theory]
    [InlineData("""{"aud":"x"}""", "the access token has no claim 'oid'")]
    [InlineData("""["oid"]""", "the access token has no claim 'oid'")]
    [InlineData("""{"oid":""}""", "the access token's claim 'oid' is empty")]
    [InlineData("""{"oid":7}""", "the access token's claim 'oid' is not text")]
    [InlineData("""{"oid":null}""", "the access token's claim 'oid' is not text")]
    [InlineData("{\"oid\":\"a\uD800\"", "the access token is not a JSON Web Token")]
    [InlineData("oid", "the access token is not a JSON Web Token")]
    public void ReadObjectId_NotThere_SaysWhy(string claims, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => JwtClaims.ReadObjectId(Token(claims))).Message);

    [Theory]
    [InlineData("")]
    [InlineData("s3cr3t")]
    [InlineData("s3cr3t.s3cr3t")]
    [InlineData("s3cr3t.s3cr3t.s3cr3t.s3cr3t")]
    [InlineData("s3cr3t.!s3cr3t!.s3cr3t")]
    [InlineData("s3cr3t..s3cr3t")]
    public void ReadObjectId_NoToken_SaysSoWithoutQuotingIt(string text)
    {
        var refusal = Assert.Throws<FormatException>(() => JwtClaims.ReadObjectId(text));

        Assert.Equal("the access token is not a JSON Web Token", refusal.Message);
        Assert.Null(refusal.InnerException);
    }

    private static string Token(string claims) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.sig";
}
