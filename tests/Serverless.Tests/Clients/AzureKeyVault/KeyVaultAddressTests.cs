using Serverless.Components.Clients.AzureKeyVault;

namespace Serverless.Tests.Clients.AzureKeyVault;

public sealed class KeyVaultAddressTests
{
    [Theory]
    [InlineData("ab")]
    [InlineData("a.b")]
    [InlineData("host/")]
    [InlineData("user@host")]
    [InlineData("vault#")]
    [InlineData("vault\n")]
    [InlineData("a-name-that-is-longer-than-24")]
    public void Default_ImpossibleName_IsRefused(string name) => Assert.Throws<FormatException>(() => KeyVaultAddress.Default(name, "vault.azure.net"));

    [Fact]
    public void Default_Name_IsTheHost() => Assert.Equal(new Uri("https://my-vault1.vault.azure.cn/"), KeyVaultAddress.Default("my-vault1", "vault.azure.cn"));

    [Theory]
    [InlineData("https://vault.private.example")]
    [InlineData(" https://localhost:8443/ ")]
    public void Parse_HttpsAddress_IsTaken(string text) => Assert.Equal(new Uri(text.Trim()), KeyVaultAddress.Parse(text));

    [Theory]
    [InlineData("http://vault.private.example")]
    [InlineData("vault.private.example")]
    [InlineData("https://vault.private.example/secrets")]
    [InlineData("https://vault.private.example/?a=b")]
    [InlineData("https://vault.private.example/#a")]
    [InlineData("https://user:word@vault.private.example/")]
    [InlineData("")]
    public void Parse_AnythingElse_IsRefusedWithoutQuotingIt(string text)
    {
        var fault = Assert.Throws<FormatException>(() => KeyVaultAddress.Parse(text));

        Assert.DoesNotContain("word", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a?b")]
    [InlineData("a_b")]
    [InlineData("a\n")]
    [InlineData("a%2Fb")]
    [InlineData("ä")]
    public void CheckName_ThatLeadsElsewhere_IsRefused(string name) => Assert.Throws<FormatException>(() => KeyVaultAddress.CheckName(name));

    [Fact]
    public void CheckName_Longest_IsTaken()
    {
        Assert.Equal(127, KeyVaultAddress.CheckName(new string('a', 127)).Length);
        Assert.Throws<FormatException>(() => KeyVaultAddress.CheckName(new string('a', 128)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    [InlineData("0123456789abcdef0123456789abcdef/")]
    public void CheckVersion_NotAVersion_IsRefused(string version) => Assert.Throws<FormatException>(() => KeyVaultAddress.CheckVersion(version));

    [Theory]
    [InlineData("https://v1.vault.azure.net/keys/n/0123", "keys", "n", "0123")]
    [InlineData("https://v1.vault.azure.net:443/certificates/n", "certificates", "n", null)]
    public void ParseId_OfAnObject_IsTakenApart(string id, string kind, string name, string? version) =>
        Assert.Equal(new KeyVaultId(kind, name, version), KeyVaultId.Parse(id));

    [Theory]
    [InlineData("keys/n")]
    [InlineData("https://v1.vault.azure.net/keys")]
    [InlineData("https://v1.vault.azure.net/keys/n/1/2")]
    public void ParseId_OfNothing_IsRefused(string id) => Assert.Throws<FormatException>(() => KeyVaultId.Parse(id));
}
