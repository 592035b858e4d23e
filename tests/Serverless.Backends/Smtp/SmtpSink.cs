using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Backends.Processes;

namespace Serverless.Backends.Smtp;

/// <summary>Debian's python3-aiosmtpd on a free port of 127.0.0.1: a mail server that keeps what it gets.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private const string Listening = "listening ";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TempFolder _folder;
    private readonly ChildProcess _process;

    private SmtpSink(TempFolder folder, ChildProcess process)
    {
        _folder = folder;
        _process = process;
    }

    /// <summary>The port.</summary>
    public int Port { get; private set; }

    /// <summary>Messages taken so far; see sink.py for their members.</summary>
    public IReadOnlyList<JsonObject> Messages => [.. _process.Printed.Lines.Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>What the server wrote, for a test that fails.</summary>
    public string Output => _process.Output.Text;

    /// <summary>Starts a server and waits until it listens.</summary>
    public static async Task<SmtpSink> StartAsync(SmtpSinkSettings settings, CancellationToken cancellationToken)
    {
        var folder = new TempFolder();
        var process = ChildProcess.Start(
            "/usr/bin/python3",
            [Path.Combine(TestEnvironment.RepositoryRoot, "tests", "Serverless.Backends", "Smtp", "sink.py"), Arguments(settings, folder)],
            new Dictionary<string, string>(),
            folder.Root);
        var sink = new SmtpSink(folder, process);
        var isReady = await Eventually.TrueAsync(() => process.HasExited || process.Printed.HasLine(Listening), Limit, cancellationToken);
        if (!isReady || !process.Printed.HasLine(Listening))
        {
            await sink.DisposeAsync();
            throw new InvalidOperationException($"the mail server did not start; tests/run installs python3-aiosmtpd:\n{process.Output.Text}");
        }

        sink.Port = int.Parse(process.Printed.Lines[0][Listening.Length..], CultureInfo.InvariantCulture);
        return sink;
    }

    /// <summary>The message with this subject, as soon as it is there.</summary>
    public async Task<JsonObject> MessageAsync(string subject, CancellationToken cancellationToken)
    {
        JsonObject? Find() => Messages.SingleOrDefault(message => (string?)message["headers"]!["subject"] == subject);

        await Eventually.MustAsync($"a message '{subject}' came", () => Task.FromResult(Find() is not null), Limit, cancellationToken);
        return Find()!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Arguments(SmtpSinkSettings settings, TempFolder folder)
    {
        var arguments = new JsonObject
        {
            ["implicit"] = settings.IsEncryptedFromTheStart,
            ["user"] = settings.User,
            ["password"] = settings.Password,
            ["mechanisms"] = new JsonArray([.. settings.Mechanisms.Select(mechanism => (JsonNode)mechanism)]),
        };
        if (settings.Certificates is { } certificates)
        {
            arguments["cert"] = folder.Write("server.pem", certificates.ServerPem);
            arguments["key"] = folder.Write("server.key", certificates.ServerKeyPem);
        }

        return arguments.ToJsonString();
    }
}
