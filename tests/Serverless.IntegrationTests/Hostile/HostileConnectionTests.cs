using System.Net.Sockets;
using System.Text;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Hostile;

[Collection(HostileProcess.Name)]
public sealed class HostileConnectionTests(HostileTarget target)
{
    private const int ManyConnections = 2000;
    private const int FuzzRounds = 400;
    private const int Seed = 20261120;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Body_HalfSentThenClosed_NothingIsStored()
    {
        for (var round = 0; round < 50; round++)
        {
            using var socket = await RawClient.ConnectAsync(target.App.Port, Token);
            await socket.SendAsync("POST /v1.0/state/statestore HTTP/1.1\r\nHost: h\r\nContent-Length: 34\r\n\r\n[{\"key\":\"half-sent\",\"value\":1}"u8.ToArray(), Token);
        }

        await WireCheck.SendAsync(target.App.Port, WireStep.Get("/v1.0/state/statestore/half-sent", WireAnswer.Empty()));
        await target.AssertUnharmedAsync();
    }

    /// <summary>Kestrel takes a closed half for a caller that went away, so the answer may be lost, but never half of it is sent.</summary>
    [Fact]
    public async Task Sender_ClosedItsHalf_GetsAWholeAnswerOrNone()
    {
        using var socket = await RawClient.ConnectAsync(target.App.Port, Token);
        await socket.SendAsync(new RawRequest("GET", "/v1.0/healthz").ToBytes("h"), Token);
        socket.Shutdown(SocketShutdown.Send);

        var answer = await RawClient.ReadToEndAsync(socket, Token);

        Assert.True(answer.Length == 0 || RawResponse.Parse(answer).Status == 204);
        await target.AssertUnharmedAsync();
    }

    [Fact]
    public async Task Body_OneByteAtATime_IsServedBesideOthers()
    {
        var request = new RawRequest("POST", "/v1.0/state/statestore") { Body = """[{"key":"slow","value":1}]"""u8.ToArray() }.ToBytes("h");
        using var socket = await RawClient.ConnectAsync(target.App.Port, Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        foreach (var piece in request.Chunk(1))
        {
            await socket.SendAsync(piece, Token);
            await timer.WaitForNextTickAsync(Token);
        }

        Assert.Equal(204, RawResponse.Parse(await RawClient.ReadToEndAsync(socket, Token)).Status);
        await target.AssertUnharmedAsync();
    }

    [Fact]
    public async Task Connections_TwoThousandAtOnce_AllAreServed()
    {
        var sockets = new List<Socket>();
        try
        {
            for (var count = 0; count < ManyConnections; count++)
            {
                sockets.Add(await RawClient.ConnectAsync(target.App.Port, Token));
            }

            await target.AssertUnharmedAsync();
            var request = new RawRequest("GET", "/v1.0/healthz").ToBytes("h");
            var answers = await Task.WhenAll(sockets.Select(async socket =>
            {
                await socket.SendAsync(request, Token);
                return RawResponse.Parse(await RawClient.ReadToEndAsync(socket, Token)).Status;
            }));

            Assert.All(answers, status => Assert.Equal(204, status));
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        await target.AssertUnharmedAsync();
    }

    [Fact]
    public async Task Bytes_Random_NeverHarm()
    {
        var random = new Random(Seed);
        for (var round = 0; round < FuzzRounds; round++)
        {
            var bytes = new byte[random.Next(1, 2000)];
            random.NextBytes(bytes);
            using var socket = await RawClient.ConnectAsync(target.App.Port, Token);
            await socket.SendAsync(bytes, Token);
        }

        await target.AssertUnharmedAsync();
    }

    [Fact]
    public async Task Requests_WithRandomDamage_NeverGiveA500()
    {
        var random = new Random(Seed);
        var valid = new RawRequest("POST", "/v1.0/state/statestore/transaction?metadata.a=b")
        {
            Headers = [("Content-Type", "application/json")],
            Body = """{"operations":[{"operation":"upsert","request":{"key":"fuzz","value":{"a":[1,"x"]},"options":{"concurrency":"last-write"}}}]}"""u8.ToArray(),
        }.ToBytes("127.0.0.1");
        var body = valid.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        for (var round = 0; round < FuzzRounds; round++)
        {
            var damaged = valid.ToArray();
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                damaged[random.Next(body, damaged.Length)] = (byte)random.Next(32, 127);
            }

            var response = RawResponse.Parse(await RawClient.ExchangeAsync(target.App.Port, damaged, Token));
            var explained = response.Status is 204 or 400 || (response.Status == 500 && response.Text.Contains("unrecognized", StringComparison.Ordinal));
            Assert.True(explained, $"{Encoding.ASCII.GetString(damaged)}\n{response.Status} {response.Text}");
        }

        await target.AssertUnharmedAsync();
    }
}
