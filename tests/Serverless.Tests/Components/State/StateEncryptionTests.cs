using System.Security.Cryptography;
using System.Text;
using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Tests.Components.Registry;

namespace Serverless.Tests.Components.State;

public sealed class StateEncryptionTests
{
    private const string Key16 = "000102030405060708090a0b0c0d0e0f";
    private const string Key24 = Key16 + "1011121314151617";
    private const string Key32 = Key16 + Key16;

    private static StateEncryption? Create(params MetadataValue[] items) => StateEncryption.Create(new ComponentContext
    {
        Name = "store",
        Type = "state.fake",
        Version = "v1",
        Metadata = new ComponentMetadata("store", items),
        Host = TestHost.Create(),
    });

    private static MetadataValue Primary(string key, string? secret = "one") => new("primaryEncryptionKey", key, secret);

    private static MetadataValue Secondary(string key, string? secret = "two") => new("secondaryEncryptionKey", key, secret);

    [Fact]
    public void Create_NoKeys_EncryptsNothing() => Assert.Null(Create());

    [Theory]
    [InlineData(Key16)]
    [InlineData(Key24)]
    [InlineData(Key32)]
    public void Encrypt_AnyKeySize_RoundTripsInDaprsForm(string key)
    {
        var encryption = Create(Primary(key))!;
        var stored = encryption.Encrypt("""{"a":1}"""u8);
        var parts = Encoding.UTF8.GetString(stored).Split("||");
        Assert.Equal("one", parts[1]);
        Assert.Equal(12 + 7 + 16, Convert.FromBase64String(parts[0]).Length);
        Assert.Equal("""{"a":1}"""u8, encryption.Decrypt(stored));
        Assert.NotEqual(stored, encryption.Encrypt("""{"a":1}"""u8));
    }

    [Fact]
    public void Decrypt_AfterRotation_ReadsOldValuesWithTheSecondaryKey()
    {
        var stored = Create(Primary(Key16, "old"))!.Encrypt("1"u8);
        Assert.Equal("1"u8, Create(Primary(Key32, "new"), Secondary(Key16, "old"))!.Decrypt(stored));
    }

    [Fact]
    public void Decrypt_BothKeysOfOneSecret_TriesBoth()
    {
        var stored = Create(Primary(Key16, "same"))!.Encrypt("1"u8);
        Assert.Equal("1"u8, Create(Primary(Key32, "same"), Secondary(Key16, "same"))!.Decrypt(stored));
    }

    [Theory]
    [InlineData("team||key")]
    [InlineData("|key")]
    public void Decrypt_SecretNameWithBars_IsFound(string secret)
    {
        var encryption = Create(Primary(Key16, secret))!;
        Assert.Equal("1"u8, encryption.Decrypt(encryption.Encrypt("1"u8)));
    }

    [Fact]
    public void Decrypt_AlteredValue_IsRefused()
    {
        var encryption = Create(Primary(Key16))!;
        var parts = Encoding.UTF8.GetString(encryption.Encrypt("12345"u8)).Split("||");
        var bytes = Convert.FromBase64String(parts[0]);
        bytes[14] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => encryption.Decrypt(Encoding.UTF8.GetBytes($"{Convert.ToBase64String(bytes)}||one")));
    }

    [Theory]
    [InlineData("plain text", "not encrypted")]
    [InlineData("AAAA||one", "damaged")]
    [InlineData("%%%%||one", "damaged")]
    public void Decrypt_SomethingElse_SaysWhat(string stored, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<CryptographicException>(() => Create(Primary(Key16))!.Decrypt(Encoding.UTF8.GetBytes(stored))).Message, StringComparison.Ordinal);

    [Fact]
    public void Decrypt_UnknownKey_IsRefused()
    {
        var stored = Create(Primary(Key16, "gone"))!.Encrypt("1"u8);
        Assert.Contains("does not have", Assert.ThrowsAny<CryptographicException>(() => Create(Primary(Key32))!.Decrypt(stored)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zz", "one", "hex AES key")]
    [InlineData("0011", "one", "hex AES key")]
    [InlineData(Key16, null, "secretKeyRef")]
    public void Create_BadKey_NamesTheItemButNotTheKey(string key, string? secret, string expected)
    {
        var message = Assert.Throws<ComponentException>(() => Create(Primary(key, secret))).Message;
        Assert.Contains("'primaryEncryptionKey'", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_SecondaryAlone_IsRefused() =>
        Assert.Contains("expected a primaryEncryptionKey", Assert.Throws<ComponentException>(() => Create(Secondary(Key16))).Message, StringComparison.Ordinal);
}
