using Serverless.Components.Clients.AzureKeyVault;
using Serverless.Components.Clients.AzureKeyVault.Certificates;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureKeyVault;

public sealed class CertificateRequestsTests : IDisposable
{
    private const string Version = "0123456789abcdef0123456789abcdef";
    private readonly KeyVaultRestClient _client = new(new KeyVaultOptions
    {
        Address = new Uri("https://v1.vault.azure.net"),
        Resource = "https://vault.azure.net",
        Credential = new VaultCredential("t"),
    });

    private CertificateRequests Requests => new(_client);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Read_Anything_IsRepeatedFreely()
    {
        await KeyRequestsTests.CheckAsync(Requests.CreateGetMessage("n", null), "GET", "/certificates/n", RepeatRule.Freely);
        await KeyRequestsTests.CheckAsync(Requests.CreateGetMessage("n", Version), "GET", $"/certificates/n/{Version}", RepeatRule.Freely);
        await KeyRequestsTests.CheckAsync(Requests.CreateGetPendingMessage("n"), "GET", "/certificates/n/pending", RepeatRule.Freely);
        await KeyRequestsTests.CheckAsync(Requests.CreateGetPolicyMessage("n"), "GET", "/certificates/n/policy", RepeatRule.Freely);
        await KeyRequestsTests.CheckAsync(Requests.CreateVersionsMessage("n"), "GET", "/certificates/n/versions", RepeatRule.Freely);
        await KeyRequestsTests.CheckAsync(Requests.CreateListMessage(), "GET", "/certificates", RepeatRule.Freely);
        await KeyRequestsTests.CheckAsync(Requests.CreateGetDeletedMessage("n"), "GET", "/deletedcertificates/n", RepeatRule.Freely);
    }

    [Fact]
    public async Task Write_WithoutContent_IsNotRepeatedInDoubt()
    {
        await KeyRequestsTests.CheckAsync(Requests.CreateDeletePendingMessage("n"), "DELETE", "/certificates/n/pending", RepeatRule.IfNotExecuted);
        await KeyRequestsTests.CheckAsync(Requests.CreateDeleteMessage("n"), "DELETE", "/certificates/n", RepeatRule.IfNotExecuted);
        await KeyRequestsTests.CheckAsync(Requests.CreateRecoverMessage("n"), "POST", "/deletedcertificates/n/recover", RepeatRule.IfNotExecuted);
        await KeyRequestsTests.CheckAsync(Requests.CreatePurgeMessage("n"), "DELETE", "/deletedcertificates/n", RepeatRule.IfNotExecuted);
    }

    [Fact]
    public async Task Create_Certificate_HasTheDocumentedShape()
    {
        var creation = new CertificateCreation
        {
            Policy = new CertificatePolicy
            {
                Key = new CertificateKeyProperties { KeyType = "EC", Curve = "P-256", Exportable = true, ReuseKey = false },
                Secret = new CertificateSecretProperties { ContentType = CertificateSecretProperties.Pfx },
                X509 = new CertificateX509Properties
                {
                    Subject = "CN=a.example",
                    AlternativeNames = new CertificateAlternativeNames { DnsNames = ["a.example"] },
                    ExtendedKeyUsages = ["1.3.6.1.5.5.7.3.1"],
                    KeyUsages = ["digitalSignature"],
                    ValidityMonths = 3,
                },
                Issuer = new CertificateIssuer { Name = CertificateIssuer.Unknown },
            },
            Attributes = new KeyVaultAttributes { Enabled = true },
            Tags = new Dictionary<string, string> { ["op"] = "123" },
        };

        await KeyRequestsTests.CheckAsync(
            Requests.CreateCreateMessage("n", creation),
            "POST",
            "/certificates/n/create",
            RepeatRule.IfNotExecuted,
            """
            {"policy":{"key_props":{"kty":"EC","crv":"P-256","exportable":true,"reuse_key":false},"secret_props":{"contentType":"application/x-pkcs12"},
            "x509_props":{"subject":"CN=a.example","sans":{"dns_names":["a.example"]},"ekus":["1.3.6.1.5.5.7.3.1"],"key_usage":["digitalSignature"],"validity_months":3},
            "issuer":{"name":"Unknown"}},"attributes":{"enabled":true},"tags":{"op":"123"}}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task Write_WithContent_IsNotRepeatedInDoubt()
    {
        await KeyRequestsTests.CheckAsync(
            Requests.CreateCancelPendingMessage("n"), "PATCH", "/certificates/n/pending", RepeatRule.IfNotExecuted, """{"cancellation_requested":true}""");

        // Certificates are plain base64, unlike everything else.
        await KeyRequestsTests.CheckAsync(
            Requests.CreateMergeMessage("n", new CertificateMerge { Chain = [[251, 255], [1]] }),
            "POST",
            "/certificates/n/pending/merge",
            RepeatRule.IfNotExecuted,
            """{"x5c":["+/8=","AQ=="]}""");
        await KeyRequestsTests.CheckAsync(
            Requests.CreateImportMessage("n", new CertificateImport { Value = "AQ==", Password = "p" }),
            "POST",
            "/certificates/n/import",
            RepeatRule.IfNotExecuted,
            """{"value":"AQ==","pwd":"p"}""");
        await KeyRequestsTests.CheckAsync(
            Requests.CreateUpdateMessage("n", Version, new CertificateUpdate { Attributes = new KeyVaultAttributes { Enabled = false } }),
            "PATCH",
            $"/certificates/n/{Version}",
            RepeatRule.IfNotExecuted,
            """{"attributes":{"enabled":false}}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("n/pending")]
    [InlineData("n?x")]
    public void Path_ImpossibleName_IsRefused(string name)
    {
        Assert.Throws<FormatException>(() => Requests.CreateGetMessage(name, null));
        Assert.Throws<FormatException>(() => Requests.CreateDeleteMessage(name));
        Assert.Throws<FormatException>(() => Requests.CreatePurgeMessage(name));
    }

    [Fact]
    public void Import_AsText_HidesTheKey() => Assert.Equal("CertificateImport", new CertificateImport { Value = "hidden", Password = "hidden" }.ToString());
}
