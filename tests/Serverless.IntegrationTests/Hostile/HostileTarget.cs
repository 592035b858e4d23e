using System.Text;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Hostile;

/// <summary>One process for all hostile input, warmed up before its memory is noted.</summary>
public sealed class HostileTarget : IAsyncLifetime
{
    private const int WarmRequests = 3000;
    private AppProcess? _app;

    /// <summary>The process.</summary>
    public AppProcess App => _app!;

    /// <summary>Resident memory after the warm-up.</summary>
    public long WarmBytes { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _app = await AppProcess.StartAsync(
            new AppSettings { Resources = new Dictionary<string, string> { ["store.yaml"] = Resources.InMemoryStore(IWireTarget.StoreName) } }, token);
        await WarmAsync(token);
        WarmBytes = App.Process.ResidentBytes;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);

    /// <summary>Asserts what must hold after every attack: the process serves, and its log shows nothing unhandled.</summary>
    public async Task AssertUnharmedAsync()
    {
        Assert.False(App.Process.HasExited, App.Output.Text);
        await WireCheck.SendAllAsync(App.Port, WireStep.Get("/v1.0/healthz", WireAnswer.Empty()), WireStep.Save("1"), WireStep.Read(WireAnswer.Bytes("1")));
        Assert.DoesNotContain("unhandled exception", App.Output.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at System.", App.Output.Text, StringComparison.Ordinal);
    }

    // Small requests, large bodies refused and taken, many connections: what the heap needs for any of them.
    private async Task WarmAsync(CancellationToken token)
    {
        using var client = App.Client();
        var large = Encoding.UTF8.GetBytes($$"""[{"key":"warm","value":"{{new string('x', 3 << 20)}}"}]""");
        var tooLarge = Encoding.UTF8.GetBytes(new string(' ', 5 << 20));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var count = 0; count < WarmRequests / 8; count++)
            {
                using var content = new StringContent("""[{"key":"warm","value":{"a":[1,2,3]}}]""");
                using var saved = await client.PostAsync(new Uri($"v1.0/state/{IWireTarget.StoreName}", UriKind.Relative), content, token);
                Assert.Equal(204, (int)saved.StatusCode);
            }

            foreach (var body in new[] { large, tooLarge })
            {
                await RawClient.SendAsync(App.Port, new RawRequest("POST", $"/v1.0/state/{IWireTarget.StoreName}") { Body = body }, token);
            }
        }));
    }
}
