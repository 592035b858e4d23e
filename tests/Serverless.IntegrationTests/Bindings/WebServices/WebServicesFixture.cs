using System.Text;
using Serverless.Backends.Faults;
using Serverless.Backends.WebServices;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.WebServices;

/// <summary>An app with the bindings that call services over HTTP: one that works, one refused, one that meets no answer, one that is down, each.</summary>
public sealed class WebServicesFixture : IAsyncLifetime
{
    private readonly List<ScriptedServer> _servers = [];
    private readonly Dictionary<string, string> _resources = [];
    private readonly RawServer _boasting = new((_, stream, token) => stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {(100 << 20) + 1}\r\n\r\n"), token).AsTask());
    private AppProcess? _app;

    public AppProcess App => _app!;

    public ScriptedServer GraphQl => _servers[0];

    public ScriptedServer Influx => _servers[1];

    public ScriptedServer Twilio => _servers[2];

    public ScriptedServer SendGrid => _servers[3];

    /// <summary>Where nobody listens.</summary>
    public string Closed { get; } = $"http://127.0.0.1:{FreePort.Next()}";

    private string Boasting => $"http://127.0.0.1:{_boasting.Port}";

    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        foreach (var answer in new Func<ScriptedCall, ServerAnswer>[]
        {
            GraphQlService.Answer, InfluxService.Answer, TwilioService.Answer, SendGridService.Answer, _ => new ServerAnswer(0), _ => new ServerAnswer(200) { Body = new byte[(1 << 20) + 1] },
        })
        {
            _servers.Add(await ScriptedServer.StartAsync(answer, token));
        }

        AddAll("graphql", "endpoint", GraphQl.Address, "/v1/graphql", "header:x-key", GraphQlService.Key);
        AddAll("influx", "url", Influx.Address, "/", "token", InfluxService.Token, ("org", "my-org"), ("bucket", "my bucket"));
        AddAll("twilio.sms", "endpoint", Twilio.Address, "", "authToken", TwilioService.Token, ("accountSid", TwilioService.Account), ("fromNumber", "+15017122661"));
        AddAll("twilio.sendgrid", "endpoint", SendGrid.Address, "", "apiKey", SendGridService.Key, ("emailFrom", "from@example.com"), ("emailFromName", "Me"), ("emailTo", "to@example.com"), ("emailToName", "You"), ("subject", "Hello"));
        Add("twilio-fixed", "twilio.sms", ("endpoint", Twilio.Address), ("authToken", TwilioService.Token), ("accountSid", TwilioService.Account), ("fromNumber", "+1501"), ("toNumber", "+1999"));
        Add("sendgrid-bare", "twilio.sendgrid", ("endpoint", SendGrid.Address), ("apiKey", SendGridService.Key));
        Add("twilio-big", "twilio.sms", ("endpoint", _servers[5].Address), ("authToken", TwilioService.Token), ("accountSid", TwilioService.Account), ("fromNumber", "+1501"));
        Add("sendgrid-big", "twilio.sendgrid", ("endpoint", _servers[5].Address), ("apiKey", SendGridService.Key), ("emailFrom", "a@b"), ("emailTo", "a@b"));
        Add("graphql-big", "graphql", ("endpoint", Boasting));
        Add("influx-big", "influx", ("url", Boasting), ("token", InfluxService.Token), ("org", "o"), ("bucket", "b"));
        _app = await AppProcess.StartAsync(new AppSettings { Resources = _resources, Arguments = ["--log-level", "debug", "--enable-api-logging"] }, token);
    }

    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _boasting.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Fails when the app wrote one of the secrets.</summary>
    public void MustHaveKeptSecrets() => Assert.DoesNotContain("must-stay-secret", App.Output.Text.Replace('_', '-'), StringComparison.Ordinal);

    private void AddAll(string type, string addressName, string address, string path, string secretName, string secret, params (string Name, string Value)[] others)
    {
        var name = type[(type.IndexOf('.', StringComparison.Ordinal) + 1)..];
        Add(name, type, [(addressName, address + path), (secretName, secret), .. others]);
        Add($"{name}-refused", type, [(addressName, address + path), (secretName, "wrong-must-stay-secret"), .. others]);
        Add($"{name}-down", type, [(addressName, Closed + path), (secretName, secret), .. others]);
        Add($"{name}-hung", type, [(addressName, _servers[4].Address + path), (secretName, secret), ("timeout", "300ms"), .. others]);
    }

    private void Add(string name, string type, params (string Name, string Value)[] items) => _resources[$"{name}.yaml"] = Resources.Component(name, $"bindings.{type}", items);
}
