using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Serverless.Components.Clients.AzureKeyVault;
using Serverless.Components.Clients.AzureKeyVault.Keys;

namespace Serverless.Tests.Clients.AzureKeyVault;

public sealed class JsonWebKeyTests
{
    /// <summary>RFC 7515, appendix A.3: the key, and a signature over the SHA-256 of its input.</summary>
    [Fact]
    public void Verify_VectorOfRfc7515_Holds()
    {
        var key = Read("""{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""");
        var digest = SHA256.HashData("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"u8);
        var signature = Base64Url.DecodeFromChars("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");

        Assert.True(key.Verify(KeySignatureAlgorithm.ES256, digest, signature));
        signature[0] ^= 1;
        Assert.False(key.Verify(KeySignatureAlgorithm.ES256, digest, signature));
        Assert.False(key.Verify(KeySignatureAlgorithm.ES256, digest, [1, 2, 3]));
    }

    [Fact]
    public void ToECDsa_CoordinateWithoutItsLeadingZeros_IsWidened()
    {
        ECParameters parameters;
        do
        {
            using var any = ECDsa.Create(ECCurve.NamedCurves.nistP521);
            parameters = any.ExportParameters(includePrivateParameters: false);
        }
        while (parameters.Q.X![0] != 0);
        var bare = new JsonWebKey { Id = "", KeyType = "EC-HSM", Curve = "P-521", X = [.. parameters.Q.X.SkipWhile(b => b == 0)], Y = parameters.Q.Y };

        using var key = bare.ToECDsa();

        Assert.Equal(parameters.Q.X, key.ExportParameters(false).Q.X);
    }

    [Theory]
    [InlineData("""{"kty":"RSA","n":"AQAB","e":"AQAB"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256K","x":"AQ","y":"AQ"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AQ"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}""")]
    [InlineData("""{"kty":"oct"}""")]
    public void ToECDsa_NoSuchKey_IsRefused(string json) => Assert.Throws<FormatException>(() => Read(json).ToECDsa());

    [Theory]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}""")]
    [InlineData("""{"kty":"RSA","n":"AQAB"}""")]
    public void ToRSA_NoSuchKey_IsRefused(string json) => Assert.Throws<FormatException>(() => Read(json).ToRSA());

    [Fact]
    public void Read_UnknownMembersAndPadding_AreTaken()
    {
        var key = JsonSerializer.Deserialize(
            """
            {"key":{"kid":"https://v/keys/n/1","kty":"RSA","n":"-_8=","e":"AQAB","new":{"a":[1]}},
            "attributes":{"enabled":false,"nbf":1,"exp":1900000000,"created":2,"updated":3,"recoveryLevel":"Recoverable","recoverableDays":90,"exportable":false},
            "managed":true,"release_policy":{}}
            """,
            KeyVaultJson.Default.KeyVaultKey)!;

        Assert.Equal([251, 255], key.Key.Modulus);
        Assert.True(key.Managed);
        Assert.Equal(
            new KeyVaultAttributes
            {
                Enabled = false,
                NotBefore = DateTimeOffset.FromUnixTimeSeconds(1),
                Expires = DateTimeOffset.FromUnixTimeSeconds(1900000000),
                Created = DateTimeOffset.FromUnixTimeSeconds(2),
                Updated = DateTimeOffset.FromUnixTimeSeconds(3),
                RecoveryLevel = "Recoverable",
                RecoverableDays = 90,
            },
            key.Attributes);
    }

    [Theory]
    [InlineData("""{"key":{"kid":"k","kty":"RSA","n":"!"}}""")]
    [InlineData("""{"key":{"kid":"k","kty":"RSA"},"attributes":{"exp":9999999999999}}""")]
    [InlineData("""{"key":{"kid":"k","kty":"RSA"},"attributes":{"exp":"soon"}}""")]
    [InlineData("""{"attributes":{}}""")]
    public void Read_Damaged_IsAJsonFault(string json)
    {
        var fault = Record.Exception(() => JsonSerializer.Deserialize(json, KeyVaultJson.Default.KeyVaultKey));

        Assert.True(fault is JsonException or FormatException, fault?.ToString());
    }

    private static JsonWebKey Read(string json) =>
        JsonSerializer.Deserialize($$"""{"key":{"kid":"k",{{json[1..]}}}""", KeyVaultJson.Default.KeyVaultKey)!.Key;
}
