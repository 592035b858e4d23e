using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serverless.Backends.Faults;
using Serverless.Backends.KeyVault;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.AzureKeyVault;
using Serverless.Components.Clients.AzureKeyVault.Certificates;
using Serverless.Components.Clients.AzureKeyVault.Keys;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureKeyVault;

public sealed class KeyVaultCertificateClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly X509Certificate2 _authority = CreateAuthority();
    private VaultTarget _vault = null!;
    private KeyVaultCertificateClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vault = await VaultTarget.StartAsync();
        _client = new KeyVaultCertificateClient(_vault.Options);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _authority.Dispose();
        await _vault.DisposeAsync();
    }

    [Theory]
    [InlineData("/certificates?page=2")]
    [InlineData("")]
    public async Task List_LinkThatIsNoAddress_IsTold(string link)
    {
        _vault.Rewriting.Rewrite = _ => $$"""{"value":[],"nextLink":"{{link}}"}""";

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await _client.ListAsync(Token).ToListAsync(Token));

        Assert.EndsWith("the link to the next page is no address", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_PageThatNamesItselfAsTheNext_Ends()
    {
        _vault.Rewriting.Rewrite = _ => $$"""{"value":[],"nextLink":"https://{{_vault.Host}}/certificates?api-version=7.4"}""";

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await _client.ListAsync(Token).ToListAsync(Token));

        Assert.EndsWith("a page names itself as the next one", fault.Message, StringComparison.Ordinal);
        Assert.Equal(2, _vault.Server.Requests.Count);
    }

    [Fact]
    public async Task Create_UnreadableAnswer_LeavesTheFateOpenAndReadingDoesNot()
    {
        _vault.Rewriting.Rewrite = _ => "hidden word";

        var made = await Assert.ThrowsAsync<AzureServiceException>(() => _client.CreateAsync("n", Creation(CertificateIssuer.Unknown, "EC", "P-256", null), Token));
        var read = await Assert.ThrowsAsync<AzureServiceException>(() => _client.GetAsync("n", null, Token));

        Assert.Equal((true, false), (made.IsFateUnknown, read.IsFateUnknown));
        Assert.DoesNotContain("hidden", made.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EC", "P-256", null)]
    [InlineData("EC", "P-384", null)]
    [InlineData("EC", "P-521", null)]
    [InlineData("RSA", null, 2048)]
    public async Task Create_UnknownIssuer_IsCompletedByMerging(string keyType, string? curve, int? size)
    {
        var operation = await _client.CreateAsync("n", Creation(CertificateIssuer.Unknown, keyType, curve, size), Token);
        Assert.True(operation is { IsInProgress: true, Csr: not null, RequestId.Length: > 0, Issuer.Name: "Unknown", Target: null, Error: null });
        Assert.Null((await _client.GetAsync("n", null, Token))?.Content);
        Assert.Equal(operation.Csr, (await _client.GetPendingAsync("n", Token))!.Csr);
        using var leaf = Sign(operation.Csr!);

        var merged = await _client.MergeAsync("n", new CertificateMerge { Chain = [leaf.RawData, _authority.RawData], Tags = new Dictionary<string, string> { ["a"] = "b" } }, Token);

        Assert.Equal(leaf.RawData, merged.Content);
        Assert.Equal(leaf.GetCertHash(), merged.Thumbprint);
        Assert.Equal("b", merged.Tags!["a"]);
        var id = KeyVaultId.Parse(merged.Id);
        Assert.Equal(new KeyVaultId("keys", "n", id.Version), KeyVaultId.Parse(merged.KeyId!));
        Assert.Equal(new KeyVaultId("secrets", "n", id.Version), KeyVaultId.Parse(merged.SecretId!));
        Assert.Equal("completed", (await _client.GetPendingAsync("n", Token))!.Status);

        // What its key signs, the certificate vouches for.
        using var keys = new KeyVaultKeyClient(_vault.Options);
        var algorithm = curve switch { "P-256" => KeySignatureAlgorithm.ES256, "P-384" => KeySignatureAlgorithm.ES384, "P-521" => KeySignatureAlgorithm.ES512, _ => KeySignatureAlgorithm.PS256 };
        var digest = RandomNumberGenerator.GetBytes(algorithm.DigestLength);
        var signature = await keys.SignAsync("n", id.Version!, algorithm, digest, Token);
        Assert.Equal(merged.KeyId, signature.KeyId);
        Assert.True((await keys.GetAsync("n", null, Token))!.Managed);
        using var certificate = merged.ToX509();
        using var ec = certificate.GetECDsaPublicKey();
        using var rsa = certificate.GetRSAPublicKey();
        Assert.True(ec?.VerifyHash(digest, signature.Value, DSASignatureFormat.IeeeP1363FixedFieldConcatenation) ?? rsa!.VerifyHash(digest, signature.Value, algorithm.Hash, algorithm.Padding!));
    }

    [Fact]
    public async Task Wait_Pending_EndsWithTheMerge()
    {
        var operation = await _client.CreateAsync("n", Creation(CertificateIssuer.Unknown), Token);
        var waiting = _client.WaitForPendingAsync("n", Pause, Token);
        await Eventually.MustAsync("it was asked twice", () => Task.FromResult(_vault.Server.Requests.Count(request => request is { Method: "GET", Status: 200 }) >= 2), Limit, Token);
        Assert.False(waiting.IsCompleted);
        using var leaf = Sign(operation.Csr!);
        await _client.MergeAsync("n", new CertificateMerge { Chain = [leaf.RawData] }, Token);

        var completed = await waiting.WaitAsync(Limit, Token);

        Assert.Equal(operation.RequestId, completed!.RequestId);
        Assert.Equal(("completed", new KeyVaultId("certificates", "n", null)), (completed.Status, KeyVaultId.Parse(completed.Target!)));
    }

    [Fact]
    public async Task Wait_SelfSigned_GivesTheCertificate()
    {
        await _client.CreateAsync("n", Creation(CertificateIssuer.Self), Token);

        Assert.Equal("completed", (await _client.WaitForPendingAsync("n", Pause, Token).WaitAsync(Limit, Token))!.Status);
        using var certificate = (await _client.GetAsync("n", null, Token))!.ToX509();
        Assert.Equal("CN=a.example", certificate.Subject);
        Assert.Contains("a.example", certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
    }

    [Fact]
    public async Task Pending_CancelledAndDeleted_IsGone()
    {
        var operation = await _client.CreateAsync("n", Creation(CertificateIssuer.Unknown), Token);

        Assert.True((await _client.CancelPendingAsync("n", Token)).IsCancellationRequested);
        Assert.Equal("cancelled", (await _client.WaitForPendingAsync("n", Pause, Token).WaitAsync(Limit, Token))!.Status);
        Assert.Equal(operation.RequestId, (await _client.DeletePendingAsync("n", Token)).RequestId);

        Assert.Null(await _client.GetPendingAsync("n", Token));
        Assert.Null(await _client.WaitForPendingAsync("n", Pause, Token));
        Assert.Null(await _client.GetAsync("n", null, Token));
    }

    [Fact]
    public async Task Create_WhilePending_IsAConflict()
    {
        await _client.CreateAsync("n", Creation(CertificateIssuer.Unknown), Token);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => _client.CreateAsync("n", Creation(CertificateIssuer.Unknown), Token));

        Assert.Equal(409, fault.Status);
    }

    [Fact]
    public async Task Merge_CertificateOfAnotherKey_IsRefused()
    {
        await _client.CreateAsync("n", Creation(CertificateIssuer.Unknown), Token);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => _client.MergeAsync("n", new CertificateMerge { Chain = [_authority.RawData] }, Token));

        Assert.Equal((400, "BadParameter"), (fault.Status, fault.Code));
        Assert.True((await _client.GetPendingAsync("n", Token))!.IsInProgress);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Import_PfxOrPem_BringsTheCertificateAlong(bool isPem)
    {
        var import = Import(isPem);

        var imported = await _client.ImportAsync("n", import, Token);

        Assert.Equal(_authority.RawData, imported.Content);
        Assert.Equal(_authority.RawData, (await _client.GetAsync("n", KeyVaultId.Parse(imported.Id).Version, Token))!.Content);
        var policy = (await _client.GetPolicyAsync("n", Token))!;
        Assert.Equal(("EC", "P-256", import.Policy!.Secret!.ContentType), (policy.Key!.KeyType, policy.Key.Curve, policy.Secret!.ContentType));
        Assert.Null(await _client.GetPolicyAsync("other", Token));
    }

    [Fact]
    public async Task Import_Damaged_IsRefusedWithoutQuotingIt()
    {
        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => _client.ImportAsync("n", Import(isPem: false) with { Password = "hidden" }, Token));

        Assert.Equal((400, "BadParameter"), (fault.Status, fault.Code));
        Assert.DoesNotContain("hidden", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_SeveralPages_AreAllListed()
    {
        var ids = new List<string>();
        for (var i = 0; i < 27; i++)
        {
            ids.Add((await _client.ImportAsync("n", Import(isPem: true), Token)).Id);
        }

        var listed = await _client.ListVersionsAsync("n", Token).ToListAsync(Token);

        Assert.Equal(ids.Order(StringComparer.Ordinal), listed.Select(item => item.Id).Order(StringComparer.Ordinal));
        Assert.All(listed, item => Assert.Equal(_authority.GetCertHash(), item.Thumbprint));
        Assert.Equal("n", KeyVaultId.Parse(Assert.Single(await _client.ListAsync(Token).ToListAsync(Token)).Id).Name);
    }

    [Fact]
    public async Task Update_Version_ChangesOnlyWhatIsGiven()
    {
        var imported = await _client.ImportAsync("n", Import(isPem: true) with { Tags = new Dictionary<string, string> { ["a"] = "b" } }, Token);
        var version = KeyVaultId.Parse(imported.Id).Version!;

        var updated = await _client.UpdateAsync("n", version, new CertificateUpdate { Attributes = new KeyVaultAttributes { Enabled = false } }, Token);

        Assert.False(updated.Attributes!.Enabled);
        Assert.Equal("b", updated.Tags!["a"]);
        Assert.Equal(404, (await Assert.ThrowsAsync<AzureServiceException>(() => _client.UpdateAsync("n", new string('0', 32), new CertificateUpdate(), Token))).Status);
    }

    [Fact]
    public async Task Delete_Certificate_CanBeRecoveredAndPurged()
    {
        await using var vault = await VaultTarget.StartAsync(new KeyVaultSettings { SettleTime = TimeSpan.FromMilliseconds(100) });
        using var client = new KeyVaultCertificateClient(vault.Options);
        await client.ImportAsync("n", Import(isPem: true), Token);

        var deleted = await client.DeleteAsync("n", Token);
        Assert.Equal("/deletedcertificates/n", new Uri(deleted.RecoveryId!).AbsolutePath);
        Assert.True(deleted.PurgedOn > deleted.DeletedOn);
        Assert.Null(await client.GetAsync("n", null, Token));
        await SettleAsync(async () => await client.GetDeletedAsync("n", Token) is not null);
        var blocked = await Assert.ThrowsAsync<AzureServiceException>(() => client.CreateAsync("n", Creation(CertificateIssuer.Self), Token));
        Assert.Equal((409, "ObjectIsDeletedButRecoverable"), (blocked.Status, blocked.Code));

        Assert.Equal(_authority.RawData, (await client.RecoverAsync("n", Token)).Content);
        await SettleAsync(async () => await client.GetAsync("n", null, Token) is not null);

        await client.DeleteAsync("n", Token);
        await SettleAsync(async () => await client.GetDeletedAsync("n", Token) is not null);
        await client.PurgeAsync("n", Token);
        Assert.Null(await client.GetDeletedAsync("n", Token));
        Assert.Equal(404, (await Assert.ThrowsAsync<AzureServiceException>(() => client.PurgeAsync("n", Token))).Status);
        await client.ImportAsync("n", Import(isPem: true), Token);
    }

    [Fact]
    public async Task Import_ConnectionResetAfterwards_IsInDoubtAndNotDoubled()
    {
        _vault.Faults.Inject(HttpFault.ResetAfterCommit, "POST", "/certificates/n/import");

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => _client.ImportAsync("n", Import(isPem: true), Token));

        Assert.True(fault.IsFateUnknown);
        Assert.Single(await _client.ListVersionsAsync("n", Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Merge_ConnectionResetAfterwards_IsSettledByLooking()
    {
        var operation = await _client.CreateAsync("n", Creation(CertificateIssuer.Unknown), Token);
        using var leaf = Sign(operation.Csr!);
        _vault.Faults.Inject(HttpFault.ResetAfterCommit, "POST", "/certificates/n/pending/merge");

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => _client.MergeAsync("n", new CertificateMerge { Chain = [leaf.RawData] }, Token));

        Assert.True(fault.IsFateUnknown);
        Assert.Equal(leaf.GetCertHash(), (await _client.GetAsync("n", null, Token))!.Thumbprint);
        Assert.Single(_vault.Server.Requests, request => request.Path.EndsWith("/merge", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Create_RefusedAsBusy_IsRepeated()
    {
        _vault.Faults.Inject(HttpFault.TooManyRequests(retryAfter: 0), "POST", "/certificates/n/create");
        _vault.Faults.Inject(HttpFault.Answer(503), "POST", "/certificates/n/create");

        await _client.CreateAsync("n", Creation(CertificateIssuer.Unknown), Token);

        Assert.Equal([429, 503, 202], _vault.Statuses);
    }

    [Fact]
    public async Task Create_NotAllowed_NamesTheInnerCode()
    {
        _vault.Faults.Inject(HttpFault.Answer(403), "POST", "/certificates/n/create");

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => _client.CreateAsync("n", Creation(CertificateIssuer.Unknown), Token));

        Assert.Equal((403, "ForbiddenByRbac"), (fault.Status, fault.Code));
        Assert.StartsWith($"Key Vault create certificate 'n' at {_vault.Host}: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bundle_WithoutCertificate_IsToldApart()
    {
        Assert.Throws<FormatException>(() => new CertificateBundle { Id = "" }.ToX509());
        Assert.Throws<FormatException>(() => new CertificateBundle { Id = "", Content = [1, 2, 3] }.ToX509());
    }

    private static Task SettleAsync(Func<Task<bool>> condition) => Eventually.MustAsync("it is settled", condition, Limit, Token);

    private static CertificateCreation Creation(string issuer, string keyType = "EC", string? curve = "P-256", int? size = null) => new()
    {
        Policy = new CertificatePolicy
        {
            Key = new CertificateKeyProperties { KeyType = keyType, Curve = curve, KeySize = size, Exportable = true, ReuseKey = false },
            Secret = new CertificateSecretProperties { ContentType = CertificateSecretProperties.Pfx },
            X509 = new CertificateX509Properties
            {
                Subject = "CN=a.example",
                AlternativeNames = new CertificateAlternativeNames { DnsNames = ["a.example"] },
                ValidityMonths = 3,
            },
            Issuer = new CertificateIssuer { Name = issuer },
        },
    };

    private static X509Certificate2 CreateAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }

    private CertificateImport Import(bool isPem)
    {
        using var key = _authority.GetECDsaPrivateKey()!;
        return new CertificateImport
        {
            Value = isPem ? $"{key.ExportPkcs8PrivateKeyPem()}\n{_authority.ExportCertificatePem()}" : Convert.ToBase64String(_authority.Export(X509ContentType.Pfx, "pwd")),
            Password = isPem ? null : "pwd",
            Policy = new CertificatePolicy { Secret = new CertificateSecretProperties { ContentType = isPem ? CertificateSecretProperties.Pem : CertificateSecretProperties.Pfx } },
        };
    }

    // The request's own signature is checked in the loading.
    private X509Certificate2 Sign(byte[] csr)
    {
        var request = CertificateRequest.LoadSigningRequest(csr, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions, RSASignaturePadding.Pkcs1);
        using var key = _authority.GetECDsaPrivateKey()!;
        var now = TimeProvider.System.GetUtcNow();
        return request.Create(_authority.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now, now.AddDays(10), RandomNumberGenerator.GetBytes(8));
    }
}
