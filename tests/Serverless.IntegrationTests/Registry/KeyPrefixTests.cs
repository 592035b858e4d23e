using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Registry;

/// <summary>dapr-http-api.md §2.2: the stored key by <c>keyPrefix</c>, seen through the file with the <c>sqlite3</c> shell.</summary>
public sealed class KeyPrefixTests
{
    [Theory]
    [InlineData(null, "app||k")]
    [InlineData("appid", "app||k")]
    [InlineData("AppId", "app||k")]
    [InlineData("name", "store||k")]
    [InlineData("none", "k")]
    [InlineData("namespace", "prod.app||k")]
    [InlineData("Literal", "literal||k")]
    public async Task StoredKey_FollowsTheStrategy(string? strategy, string expected)
    {
        using var folder = new TempFolder();
        var file = folder.At("keys.db");
        (string, string)[] metadata = strategy is null
            ? [("connectionString", file)]
            : [("connectionString", file), ("KEYPREFIX", strategy)];
        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Folder = folder,
                Resources = new Dictionary<string, string> { ["store.yaml"] = Resources.Component("store", "state.sqlite", metadata) },
                Environment = strategy == "namespace" ? new Dictionary<string, string> { ["NAMESPACE"] = "prod" } : new Dictionary<string, string>(),
            },
            TestContext.Current.CancellationToken);

        await WireCheck.SendAsync(app.Port, WireStep.Post("/v1.0/state/store", """[{"key":"k","value":1}]""", Empty()));

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/store/k", Bytes("1")));
        Assert.Equal(expected, await Durability.SqliteShell.QueryAsync(file, "select key from state", TestContext.Current.CancellationToken));
    }
}
