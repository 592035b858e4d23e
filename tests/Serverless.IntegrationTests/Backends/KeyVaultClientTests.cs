namespace Serverless.IntegrationTests.Backends;

/// <summary>The vault against Microsoft's clients for JavaScript, which exist for keys and certificates too.</summary>
public sealed class KeyVaultClientTests(KeyVaultClientFixture fixture) : IClassFixture<KeyVaultClientFixture>
{
    /// <summary>The checks, as the script names them.</summary>
    public static TheoryData<string> Checks { get; } =
    [
        "secrets set, versions, list",
        "secrets delete, recover, purge",
        "keys EC sign and verify",
        "keys RSA sign and verify",
        "keys refuse what does not fit",
        "keys versions, list, delete, recover",
        "certificate of an outside authority",
        "certificate that does not match",
        "certificate pending, cancel, drop",
        "certificate renewed while the old one serves",
        "certificate that signs itself",
        "certificate import PFX and PEM",
        "certificate policy, tags, list",
        "certificate delete, recover, purge",
    ];

    [Theory]
    [MemberData(nameof(Checks))]
    public void Check_OfMicrosoftsClients_Holds(string check) => Assert.True(fixture.Output.Split('\n').Contains($"ok {check}"), fixture.Output);
}
