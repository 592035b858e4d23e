using System.Globalization;
using Serverless.Backends.Network;
using Serverless.Backends.Smtp;
using Serverless.Backends.WebServices;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Smtp;

/// <summary>An app with smtp bindings to real mail servers: open, with users, with TLS; and to what is none.</summary>
public sealed class SmtpBindingFixture : IAsyncLifetime
{
    private const string User = "mailer@example.com";
    private const string Password = "password-must-stay-secret";
    private readonly CertificateSet _certificates = new();
    private readonly Dictionary<string, string> _resources = [];
    private readonly List<IAsyncDisposable> _owned = [];

    public AppProcess App { get; private set; } = null!;

    public SmtpSink Open { get; private set; } = null!;

    public SmtpSink Guarded { get; private set; } = null!;

    public int ClosedPort { get; } = FreePort.Next();

    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var starts = new[]
        {
            SmtpSink.StartAsync(new SmtpSinkSettings(), token),
            SmtpSink.StartAsync(new SmtpSinkSettings { Certificates = _certificates, User = User, Password = Password }, token),
            SmtpSink.StartAsync(new SmtpSinkSettings { User = User, Password = Password, Mechanisms = ["LOGIN"] }, token),
        };
        var sinks = await Task.WhenAll(starts);
        _owned.AddRange(sinks);
        (Open, Guarded) = (sinks[0], sinks[1]);
        Add("mail", Open.Port, ("emailTo", "one@example.com"), ("emailFrom", "Sender <sender@example.com>"), ("subject", "usual"), ("priority", "5"));
        Add("bare", Open.Port);
        Add("guarded", Guarded.Port, ("user", User), ("password", Password), ("skipTLSVerify", "true"));
        Add("wrong", Guarded.Port, ("user", User), ("password", "wrong-must-stay-secret"), ("skipTLSVerify", "true"));
        Add("distrustful", Guarded.Port, ("user", User), ("password", Password));
        Add("login", sinks[2].Port, ("user", User), ("password", Password));
        Add("down", ClosedPort);
        AddRaw("mute", "");
        AddRaw("web", "HTTP/1.1 400 Bad Request\r\n\r\n");
        AddRaw("endless", $"220-{new string('x', 64 << 10)}\r\n");
        AddRaw("injecting", "220 hi\r\n250-hi\r\n250 STARTTLS\r\n220 go\r\n250 injected\r\n");
        AddRaw("quiet-at-end", "220 hi\r\n250 hi\r\n250 ok\r\n250 ok\r\n354 go\r\n");
        App = await AppProcess.StartAsync(new AppSettings { Resources = _resources, Arguments = ["--log-level", "debug", "--enable-api-logging"] }, token);
    }

    public async ValueTask DisposeAsync()
    {
        await (App?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (var part in _owned)
        {
            await part.DisposeAsync();
        }

        _certificates.Dispose();
    }

    private void Add(string name, int port, params (string Name, string Value)[] items) =>
        _resources[$"{name}.yaml"] = Resources.Component(name, "bindings.smtp", [("host", "localhost"), ("port", port.ToString(CultureInfo.InvariantCulture)), ("timeout", "5s"), .. items]);

    // Says everything at once and then keeps the connection open.
    private void AddRaw(string name, string text)
    {
        var server = RawServer.Greeting(text);
        _owned.Add(server);
        Add(name, server.Port);
        _resources[$"{name}.yaml"] = _resources[$"{name}.yaml"].Replace("5s", "400ms", StringComparison.Ordinal);
    }
}
