using System.Text;
using Serverless.Backends.Faults;
using Serverless.Backends.Network;
using Serverless.Backends.WebServices;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Http;

/// <summary>An app with http bindings to a scripted server, with TLS and without.</summary>
public sealed class HttpBindingFixture : IAsyncLifetime
{
    public const string SecretToken = "token-must-stay-secret";
    private readonly CertificateSet _certificates = new();
    private ScriptedServer? _plain;
    private ScriptedServer? _other;
    private ScriptedServer? _secure;
    private AppProcess? _app;

    public AppProcess App => _app!;

    /// <summary>The server of most bindings.</summary>
    public ScriptedServer Plain => _plain!;

    /// <summary>Another host, as far as a client can tell.</summary>
    public ScriptedServer Other => _other!;

    public ScriptedServer Secure => _secure!;

    public string ClientThumbprint => _certificates.Client.Thumbprint;

    /// <summary>Where nobody listens.</summary>
    public int ClosedPort { get; } = FreePort.Next();

    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _other = await ScriptedServer.StartAsync(_ => JsonAnswer.Of(200, "\"other\""), token);
        _plain = await ScriptedServer.StartAsync(Answer, token);
        _secure = await ScriptedServer.StartAsync(_ => JsonAnswer.Of(200, "\"secure\""), token, _certificates);
        var folder = new TempFolder();
        var resources = new Dictionary<string, string>();
        void Add(string name, params (string Name, string Value)[] items) => resources[$"{name}.yaml"] = Resources.Component(name, "bindings.http", items);

        Add("plain", ("url", Plain.Address));
        Add("based", ("url", $"{Plain.Address}/base/?key=k%201"));
        Add("tolerant", ("url", Plain.Address), ("errorIfNot2XX", "false"));
        Add("guarded", ("url", Plain.Address), ("securityToken", SecretToken), ("securityTokenHeader", "X-Token"));
        Add("userinfo", ("url", Plain.Address.Replace("://", "://me:pa%20ss@", StringComparison.Ordinal)));
        Add("userinfo-token", ("url", Plain.Address.Replace("://", "://me@", StringComparison.Ordinal)), ("securityToken", SecretToken), ("securityTokenHeader", "X-Token"));
        Add("hasty", ("url", Plain.Address), ("responseTimeout", "300ms"));
        Add("small", ("url", Plain.Address), ("maxResponseBodySize", "1Ki"));
        Add("down", ("url", $"http://127.0.0.1:{ClosedPort}/hook/secret-path?sig=secret-signature"));
        Add("distrustful", ("url", Secure.Address));
        Add(
            "mutual",
            ("url", Secure.Address),
            ("MTLSRootCA", folder.Write("ca.pem", _certificates.AuthorityPem)),
            ("MTLSClientCert", folder.Write("client.pem", _certificates.ClientPem)),
            ("MTLSClientKey", _certificates.ClientKeyPem.Replace("\n", "\\n", StringComparison.Ordinal)),
            ("MTLSRenegotiation", "RenegotiateNever"));
        _app = await AppProcess.StartAsync(new AppSettings { Resources = resources, Arguments = ["--log-level", "debug", "--enable-api-logging"] }, token);
        folder.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _app, _plain, _other, _secure })
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        _certificates.Dispose();
    }

    private ServerAnswer Answer(ScriptedCall call) => call.Path switch
    {
        "/empty" => new ServerAnswer(204),
        "/missing" => JsonAnswer.Of(404, """{"why":"gone"}""") with { Headers = new Dictionary<string, string> { ["X-Reason"] = "grüße" } },
        "/headers" => JsonAnswer.Of(200, "1") with { Headers = new Dictionary<string, string> { ["X-Many"] = "one\ntwo", ["Status"] = "fake", ["Set-Cookie"] = "a=1" } },
        "/big" => new ServerAnswer(200) { Body = new byte[1025] },
        "/exact" => new ServerAnswer(200) { Body = Encoding.ASCII.GetBytes(new string('x', 1024)) },
        "/stall" => new ServerAnswer(0),
        "/reset" => new ServerAnswer(-1),
        "/elsewhere" => To(302, $"{Other.Address}/landed"),
        "/elsewhere307" => To(307, $"{Other.Address}/landed"),
        "/moved" => To(301, "/landed?moved"),
        "/kept" => To(307, "/landed?kept"),
        "/round" => To(302, "/round"),
        _ => JsonAnswer.Of(200, """{"ok":true}"""),
    };

    private static ServerAnswer To(int status, string location) => new(status) { Headers = new Dictionary<string, string> { ["Location"] = location } };
}
