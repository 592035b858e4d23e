using System.Text;
using Serverless.Backends.DurableFunctions;
using Serverless.Backends.Faults;
using Serverless.Backends.TokenServers;
using Serverless.Backends.WebServices;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Workflows.DurableFunctions;

/// <summary>An app with components in front of Durable Functions apps: one that works, and others that don't.</summary>
public sealed class DurableFunctionsFixture : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _resources = [];
    private readonly RawServer _endless = new(async (_, stream, token) =>
    {
        var piece = new byte[1 << 20];
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"), token);
        while (true)
        {
            await stream.WriteAsync(piece, token);
        }
    });

    private readonly RawServer _cutOff = new((_, stream, token) => stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), token).AsTask());
    private DurableFunctionsServer? _server;
    private DurableFunctionsServer? _guarded;
    private TokenServer? _tokens;
    private ScriptedServer? _page;
    private ScriptedServer? _silent;
    private AppProcess? _app;

    public AppProcess App => _app!;

    public DurableFunctionsServer Server => _server!;

    /// <summary>The app behind App Service authentication.</summary>
    public DurableFunctionsServer Guarded => _guarded!;

    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _server = await DurableFunctionsServer.StartAsync();
        _tokens = await TokenServer.StartAsync();
        _guarded = await DurableFunctionsServer.StartAsync();
        _guarded.Tokens = () => _tokens.IssuedTokens;
        _page = await ScriptedServer.StartAsync(_ => new ServerAnswer(200) { ContentType = "text/html", Body = "<html>sign in</html>"u8.ToArray() }, token);
        _silent = await ScriptedServer.StartAsync(_ => new ServerAnswer(0), token);
        Add("durable", _server.Address);
        Add("durable-hub", _server.Address, ("taskHub", "other"));
        Add("durable-refused", _server.Address, ("code", "wrong-must-stay-secret"));
        Add("durable-down", $"http://127.0.0.1:{FreePort.Next()}");
        Add("durable-page", _page.Address);
        Add("durable-silent", _silent.Address, ("timeout", "300ms"));
        Add("durable-endless", $"http://127.0.0.1:{_endless.Port}");
        Add("durable-cutoff", $"http://127.0.0.1:{_cutOff.Port}");
        Add(
            "durable-guarded",
            _guarded.SecureAddress,
            ("audience", "api://guarded"),
            ("azureTenantId", _tokens.TenantId),
            ("azureClientId", _tokens.ClientId),
            ("azureClientSecret", _tokens.ClientSecret),
            ("azureDisableInstanceDiscovery", "true"));
        _app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = _resources,
                Arguments = ["--log-level", "debug", "--enable-api-logging"],
                Environment = new Dictionary<string, string>
                {
                    ["AZURE_AUTHORITY_HOST"] = $"https://localhost:{_tokens.HttpsPort}",
                    ["SSL_CERT_FILE"] = _folder.Write("authorities.pem", $"{TokenServer.AuthorityPem}\n{_guarded.AuthorityPem}\n"),
                },
            },
            token);
    }

    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _endless.DisposeAsync();
        await _cutOff.DisposeAsync();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_guarded?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_tokens?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_page?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_silent?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    /// <summary>Fails when the app wrote one of the secrets.</summary>
    public void MustHaveKeptSecrets()
    {
        Assert.DoesNotContain("stay-secret", App.Output.Text.Replace("%20", "-", StringComparison.Ordinal).Replace(' ', '-'), StringComparison.Ordinal);
        Assert.DoesNotContain("&code=", App.Output.Text, StringComparison.Ordinal);
        Assert.All([.. _tokens!.IssuedTokens, _tokens.ClientSecret], secret => Assert.DoesNotContain(secret, App.Output.Text, StringComparison.Ordinal));
    }

    private void Add(string name, string address, params (string Name, string Value)[] items)
    {
        (string Name, string Value)[] usual = [("baseUrl", address), ("code", DurableFunctionsServer.Code)];
        _resources[$"{name}.yaml"] = Resources.Component(name, "workflow.azure.durablefunctions", [.. items, .. usual.Where(item => !items.Any(own => own.Name == item.Name))]);
    }
}
