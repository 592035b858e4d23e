using System.Text;
using Azure.Core;
using Serverless.Components.Clients.AzureKeyVault;
using Serverless.Components.Clients.AzureKeyVault.Keys;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureKeyVault;

public sealed class KeyRequestsTests : IDisposable
{
    private const string Version = "0123456789abcdef0123456789abcdef";

    // SHA-256 of "hello", as Key Vault gets it.
    private const string Digest = "LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ";
    private static readonly byte[] DigestBytes = Convert.FromHexString("2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824");
    private readonly KeyVaultRestClient _client = new(new KeyVaultOptions
    {
        Address = new Uri("https://v1.vault.azure.net"),
        Resource = "https://vault.azure.net",
        Credential = new VaultCredential("t"),
    });

    private KeyRequests Requests => new(_client);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Get_LatestAndVersion_ReadFreely()
    {
        await CheckAsync(Requests.CreateGetMessage("n", null), "GET", "/keys/n", RepeatRule.Freely);
        await CheckAsync(Requests.CreateGetMessage("n", Version), "GET", $"/keys/n/{Version}", RepeatRule.Freely);
        await CheckAsync(Requests.CreateVersionsMessage("n"), "GET", "/keys/n/versions", RepeatRule.Freely);
    }

    [Fact]
    public async Task Create_Key_IsNotRepeatedInDoubt()
    {
        var creation = new KeyCreation
        {
            KeyType = "EC",
            Curve = "P-256",
            Operations = ["sign", "verify"],
            Attributes = new KeyVaultAttributes { Enabled = true, Expires = DateTimeOffset.FromUnixTimeSeconds(1900000000) },
            Tags = new Dictionary<string, string> { ["op"] = "1" },
        };

        await CheckAsync(
            Requests.CreateCreateMessage("n", creation),
            "POST",
            "/keys/n/create",
            RepeatRule.IfNotExecuted,
            """{"kty":"EC","crv":"P-256","key_ops":["sign","verify"],"attributes":{"enabled":true,"exp":1900000000},"tags":{"op":"1"}}""");
        await CheckAsync(
            Requests.CreateCreateMessage("n", new KeyCreation { KeyType = "RSA", KeySize = 3072 }),
            "POST",
            "/keys/n/create",
            RepeatRule.IfNotExecuted,
            """{"kty":"RSA","key_size":3072}""");
    }

    [Fact]
    public async Task Sign_Digest_IsRepeatedFreely()
    {
        await CheckAsync(
            Requests.CreateSignMessage("n", Version, KeySignatureAlgorithm.ES256, DigestBytes),
            "POST",
            $"/keys/n/{Version}/sign",
            RepeatRule.Freely,
            $$"""{"alg":"ES256","value":"{{Digest}}"}""");
        await CheckAsync(
            Requests.CreateVerifyMessage("n", Version, KeySignatureAlgorithm.PS256, DigestBytes, [251, 255]),
            "POST",
            $"/keys/n/{Version}/verify",
            RepeatRule.Freely,
            $$"""{"alg":"PS256","digest":"{{Digest}}","value":"-_8"}""");
    }

    [Theory]
    [InlineData("ES256", 31)]
    [InlineData("RS384", 32)]
    [InlineData("PS512", 5)]
    public void Sign_WhatIsNoDigest_IsRefused(string name, int length)
    {
        KeySignatureAlgorithm[] all = [KeySignatureAlgorithm.ES256, KeySignatureAlgorithm.RS384, KeySignatureAlgorithm.PS512];
        var algorithm = all.Single(algorithm => algorithm.Name == name);

        Assert.Throws<ArgumentException>(() => Requests.CreateSignMessage("n", Version, algorithm, new byte[length]));
        Assert.Throws<ArgumentException>(() => Requests.CreateVerifyMessage("n", Version, algorithm, new byte[length], [1]));
    }

    [Theory]
    [InlineData("a/b", Version)]
    [InlineData("..", Version)]
    [InlineData("n", "latest")]
    public void Path_ImpossibleNameOrVersion_IsRefused(string name, string version)
    {
        Assert.Throws<FormatException>(() => Requests.CreateGetMessage(name, version));
        Assert.Throws<FormatException>(() => Requests.CreateSignMessage(name, version, KeySignatureAlgorithm.ES256, DigestBytes));
    }

    /// <summary>Compares a request that is not sent.</summary>
    internal static async Task CheckAsync(HttpMessage message, string method, string path, RepeatRule repeat, string? body = null)
    {
        using (message)
        {
            Assert.Equal(method, message.Request.Method.Method);
            Assert.Equal($"https://v1.vault.azure.net{path}?api-version=7.4", message.Request.Uri.ToString());
            Assert.Same(repeat, RepeatRule.Of(message));
            Assert.Equal(body is not null, message.Request.Headers.TryGetValue("Content-Type", out _));
            Assert.False(message.Request.Headers.TryGetValue("Authorization", out _));
            using var content = new MemoryStream();
            if (message.Request.Content is { } written)
            {
                await written.WriteToAsync(content, TestContext.Current.CancellationToken);
            }

            Assert.Equal(body ?? "", Encoding.UTF8.GetString(content.ToArray()));
        }
    }
}
