using System.Net.Sockets;
using System.Text;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Http;

/// <summary>bindings.http against servers that don't play by the rules; each answer must end in bounds and with a clear error.</summary>
public sealed class HttpHostileAnswerTests(HttpHostileFixture fixture) : IClassFixture<HttpHostileFixture>
{
    private const string EndlessFault = "is longer than 65536 bytes";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Invoke_EndlessBody_EndsAtTheSizeLimit()
    {
        var answer = await InvokeAsync(async (stream, token) =>
        {
            await WriteAsync(stream, "HTTP/1.1 200 OK\r\n\r\n", token);
            var block = new byte[16 << 10];
            while (true)
            {
                await stream.WriteAsync(block, token);
            }
        });

        Assert.EndsWith(EndlessFault, answer.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_AnnouncedHugeBody_IsRefusedBeforeItComes()
    {
        var answer = await InvokeAsync("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx");

        Assert.EndsWith(EndlessFault, answer.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_SlowBody_EndsAtTheTimeLimit()
    {
        var answer = await InvokeAsync(async (stream, token) =>
        {
            await WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", token);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (await timer.WaitForNextTickAsync(token))
            {
                await WriteAsync(stream, "x", token);
            }
        });

        Assert.EndsWith("no complete answer within 0.5 s", answer.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("")]
    public async Task Invoke_BrokenFraming_IsAFailure(string text)
    {
        var fault = (await InvokeAsync(text)).Fault;

        Assert.StartsWith($"error invoking output binding web: GET http://127.0.0.1:{fixture.Server.Port}: ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_HugeHeaders_AreAFailure()
    {
        var answer = await InvokeAsync($"HTTP/1.1 200 OK\r\nX-Big: {new string('x', 100_000)}\r\nContent-Length: 0\r\n\r\n");

        Assert.Contains("header", answer.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_ControlCharactersInAHeader_DoNotReachTheCaller()
    {
        var answer = await InvokeAsync("HTTP/1.1 200 OK\r\nX-Odd: a\u0001b\r\nBad Name: c\r\nContent-Length: 2\r\n\r\nok");

        // .NET may refuse the answer; if it takes it, the header is harmless.
        if (answer.Code == 200)
        {
            Assert.Equal("a b", answer.Metadata["X-Odd"]);
        }
        else
        {
            Assert.Contains("header", answer.Fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Start_FaultySettings_AreAllNamed()
    {
        await using var app = await AppProcess.LaunchAsync(new AppSettings
        {
            Resources = new Dictionary<string, string>
            {
                ["web.yaml"] = Resources.Component(
                    "web", "bindings.http", ("url", "ftp://x"), ("responseTimeout", "0s"), ("maxResponseBodySize", "many"), ("MTLSRootCA", "/nowhere"),
                    ("MTLSClientCert", "/nowhere"), ("MTLSRenegotiation", "Sometimes"), ("securityToken", "t"), ("securityTokenHeader", "A B")),
            },
        });

        Assert.NotEqual(0, await app.Process.WaitForExitAsync(Token));
        foreach (var name in new[] { "url", "responseTimeout", "maxResponseBodySize", "MTLSRootCA", "MTLSClientCert", "MTLSRenegotiation", "securityTokenHeader" })
        {
            Assert.True(app.Output.HasLine($"metadata '{name}'"), $"{name}\n{app.Output.Text}");
        }
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("post")]
    public async Task Invoke_KeptConnectionEndsWithoutAnswer_IsNotSentAgain(string operation)
    {
        var path = $"/{Guid.NewGuid():N}";
        var requests = 0;
        fixture.Answers[path] = async (stream, token) =>
        {
            Interlocked.Increment(ref requests);
            await WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", token);
            var next = new byte[4096];
            while (!Encoding.ASCII.GetString(next).Contains("HTTP/1.1\r\n", StringComparison.Ordinal) && await stream.ReadAsync(next, token) > 0)
            {
            }

            Interlocked.Increment(ref requests);
        };

        var first = await OutputCall.SendAsync(fixture.App, "web", operation, "1", ("path", path));
        var second = await OutputCall.SendAsync(fixture.App, "web", operation, "1", ("path", path));

        Assert.Equal(200, first.Code);
        Assert.EndsWith("whether it was executed is unknown", second.Fault, StringComparison.Ordinal);
        Assert.Equal(2, Volatile.Read(ref requests));
    }

    // Each test has a path of its own on the one server.
    private async Task<OutputCall> InvokeAsync(Func<NetworkStream, CancellationToken, Task> answer)
    {
        var path = $"/{Guid.NewGuid():N}";
        fixture.Answers[path] = answer;
        return await OutputCall.SendAsync(fixture.App, "web", "get", null, ("path", path));
    }

    private Task<OutputCall> InvokeAsync(string answer) => InvokeAsync((stream, token) => WriteAsync(stream, answer, token));

    private static Task WriteAsync(NetworkStream stream, string text, CancellationToken cancellationToken) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken).AsTask();
}
