using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Registry;

/// <summary>Secrets inside component metadata (dapr-http-api.md §9.1) and what the log may say about them.</summary>
public sealed class SecretReferenceTests
{
    private const string KeyValue = "00112233445566778899aabbccddeeff";

    [Fact]
    public async Task SecretFromEnvironment_Resolves()
    {
        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = Files("secretstores.local.env", "STATE_KEY"),
                Environment = new Dictionary<string, string> { ["STATE_KEY"] = KeyValue },
            },
            TestContext.Current.CancellationToken);

        await CheckStoreAsync(app);
    }

    [Fact]
    public async Task SecretFromFile_Resolves()
    {
        using var folder = new TempFolder();
        var secrets = folder.Write("secrets.json", $$"""{"STATE_KEY":"{{KeyValue}}"}""");

        await using var app = await AppProcess.StartAsync(
            new AppSettings { Folder = folder, Resources = Files("secretstores.local.file", "STATE_KEY", ("secretsFile", secrets)) },
            TestContext.Current.CancellationToken);

        await CheckStoreAsync(app);
    }

    [Fact]
    public async Task NestedSecretFromFile_ResolvesByItsJoinedName()
    {
        using var folder = new TempFolder();
        var secrets = folder.Write("secrets.json", $$"""{"state":{"key":"{{KeyValue}}"} }""");

        await using var app = await AppProcess.StartAsync(
            new AppSettings { Folder = folder, Resources = Files("secretstores.local.file", "state:key", ("secretsFile", secrets)) },
            TestContext.Current.CancellationToken);

        await CheckStoreAsync(app);
    }

    [Fact]
    public async Task MissingSecret_NamesComponentStoreAndKeyButNoValue()
    {
        const string other = "a-value-that-must-stay-secret";
        await using var app = await AppProcess.LaunchAsync(new AppSettings
        {
            Resources = Files("secretstores.local.env", "STATE_KEY_MISSING"),
            Environment = new Dictionary<string, string> { ["STATE_KEY"] = KeyValue, ["OTHER"] = other },
        });

        var told = await Eventually.TrueAsync(
            () => app.Output.HasLine("encrypted", "vault", "STATE_KEY_MISSING"), TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.True(told, app.Output.Text);
        Assert.DoesNotContain(KeyValue, app.Output.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(other, app.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongSecret_MessageDoesNotShowIt()
    {
        const string wrong = "not-hex-but-secret";
        await using var app = await AppProcess.LaunchAsync(new AppSettings
        {
            Resources = Files("secretstores.local.env", "STATE_KEY"),
            Environment = new Dictionary<string, string> { ["STATE_KEY"] = wrong },
        });

        var exitCode = await app.Process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, exitCode);
        Assert.True(app.Output.HasLine("encrypted", "primaryEncryptionKey"), app.Output.Text);
        Assert.DoesNotContain(wrong, app.Output.Text, StringComparison.Ordinal);
    }

    // The store proves the secret: without a usable key it would not start, with it the value is not stored in clear.
    private static async Task CheckStoreAsync(AppProcess app)
    {
        await WireCheck.SendAsync(app.Port, WireStep.Post("/v1.0/state/encrypted", """[{"key":"k","value":"plain text"}]""", Empty()));
        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/encrypted/k", Bytes("\"plain text\"")));
        var stored = await File.ReadAllBytesAsync(app.Folder.At("encrypted.db"), TestContext.Current.CancellationToken);
        var log = app.Folder.At("encrypted.db-wal");
        byte[] all = File.Exists(log) ? [.. stored, .. await File.ReadAllBytesAsync(log, TestContext.Current.CancellationToken)] : stored;
        Assert.Equal(-1, all.AsSpan().IndexOf("plain text"u8));
        Assert.DoesNotContain(KeyValue, app.Output.Text, StringComparison.OrdinalIgnoreCase);
    }

    private static Dictionary<string, string> Files(string type, string key, params (string Name, string Value)[] metadata) => new()
    {
        ["zz-vault.yaml"] = Resources.Component("vault", type, metadata),
        ["aa-store.yaml"] =
            $"""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: encrypted
            spec:
              type: state.sqlite
              version: v1
              metadata:
              - name: connectionString
                value: encrypted.db
              - name: primaryEncryptionKey
                secretKeyRef:
                  name: {key}
                  key: {key}
            auth:
              secretStore: vault
            """,
    };
}
