using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Hostile;

[Collection(HostileProcess.Name)]
public sealed class HostileBodyTests(HostileTarget target)
{
    private static readonly (string Method, string Path)[] Endpoints =
    [
        ("POST", "/v1.0/state/statestore"),
        ("PUT", "/v1.0/state/statestore"),
        ("POST", "/v1.0/state/statestore/bulk"),
        ("POST", "/v1.0/state/statestore/transaction"),
        ("GET", "/v1.0/metadata"),
        ("PUT", "/v1.0/metadata/hostile"),
        ("DELETE", "/v1.0/state/statestore/k"),
        ("POST", "/v1.0/state/nosuch"),
    ];

    /// <summary>The names of the bodies.</summary>
    public static IEnumerable<TheoryDataRow<string>> Names => HostileBodies.All.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Body_OnEveryEndpoint_GetsAClearAnswer(string name)
    {
        foreach (var (method, path) in Endpoints)
        {
            var request = new RawRequest(method, path) { Body = HostileBodies.All[name] };
            var response = await RawClient.SendAsync(target.App.Port, request, TestContext.Current.CancellationToken);

            // None of these stores or bodies gives daprd a reason for a 500.
            Assert.True(response.Status is 200 or 204 or 400, $"{method} {path}: {response.Status} {response.Text}");
            if (response.Status == 400)
            {
                var error = JsonNode.Parse(response.Text)!;
                Assert.StartsWith("ERR_", (string?)error["errorCode"], StringComparison.Ordinal);
                Assert.NotEmpty((string?)error["message"] ?? "");
                Assert.True(response.Body.Length < 10_000, $"the answer to '{name}' is {response.Body.Length} bytes long");
            }
        }

        await target.AssertUnharmedAsync();
    }
}
