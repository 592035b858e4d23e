using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>Standalone with an API token.</summary>
public sealed class TokenTarget : IAsyncLifetime
{
    /// <summary>The token.</summary>
    public const string Token = "s3cret";

    private AppProcess? _app;

    /// <summary>The port.</summary>
    public int Port => _app!.Port;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var settings = new AppSettings { Environment = new Dictionary<string, string> { ["DAPR_API_TOKEN"] = Token } };
        _app = await AppProcess.StartAsync(settings, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
}
