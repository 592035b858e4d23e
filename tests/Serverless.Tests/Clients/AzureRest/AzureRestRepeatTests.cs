using Azure.Core;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureRest;

/// <summary>What is sent once more, and what is not.</summary>
public sealed class AzureRestRepeatTests : AzureRestClientTest
{
    private const string HalfAnAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf" + ScriptedService.ThenClose;
    private static readonly string Ok = ScriptedService.Answer(200);

    public static TheoryData<string> Faults => [ScriptedService.Close, ScriptedService.Reset, HalfAnAnswer];

    public static TheoryData<string, string> Writes
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var method in new[] { "PUT", "POST", "DELETE", "GET" })
            {
                rows.Add(method, nameof(RepeatRule.IfNotExecuted));
                rows.Add(method, nameof(RepeatRule.Never));
            }

            return rows;
        }
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Send_ReadAnsweredWithPassingTrouble_IsRepeated(int status)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(status), ScriptedService.Answer(status), Ok);
        using var client = new AzureRestClient(Options);

        Assert.Equal(200, await SendAsync(client, service.Uri(), RequestMethod.Get, RepeatRule.Freely));
        Assert.Equal(3, service.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Send_ReadWithoutAWholeAnswer_IsRepeated(string fault)
    {
        await using var service = new ScriptedService(fault, fault, Ok);
        using var client = new AzureRestClient(Options);

        Assert.Equal(200, await SendAsync(client, service.Uri(), RequestMethod.Get, RepeatRule.Freely));
        Assert.Equal(3, service.Requests.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(412)]
    [InlineData(501)]
    public async Task Send_ReadRefusedForGood_IsNotRepeated(int status)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(status), Ok);
        using var client = new AzureRestClient(Options);

        Assert.Equal(status, await SendAsync(client, service.Uri(), RequestMethod.Get, RepeatRule.Freely));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Send_ReadThatNeverSucceeds_GivesTheLastAnswerAfterAllRepetitions()
    {
        await using var service = new ScriptedService(ScriptedService.Answer(503));
        using var client = new AzureRestClient(Options with { Retries = 2 });

        Assert.Equal(503, await SendAsync(client, service.Uri(), RequestMethod.Get, RepeatRule.Freely));
        Assert.Equal(3, service.Requests.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Send_WriteRefusedByABusyService_IsRepeatedWithItsContent(int status)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(status), Ok);
        using var client = new AzureRestClient(Options);

        Assert.Equal(200, await SendAsync(client, service.Uri(), RequestMethod.Post, RepeatRule.IfNotExecuted, "the value"));
        Assert.Equal(["the value", "the value"], service.Requests.Select(request => request.Body));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Send_ReceiveRefusedByABusyService_IsNotRepeated(int status)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(status), Ok);
        using var client = new AzureRestClient(Options);

        Assert.Equal(status, await SendAsync(client, service.Uri(), RequestMethod.Post, RepeatRule.Never));
        Assert.Single(service.Requests);
    }

    [Theory]
    [InlineData(408, "")]
    [InlineData(500, "")]
    [InlineData(502, "")]
    [InlineData(503, "x-ms-error-code: OperationTimedOut\r\n")]
    [InlineData(504, "")]
    public async Task Send_WriteWithAnAnswerThatLeavesItOpen_IsNotRepeatedAndSaysSo(int status, string headers)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(status, headers: headers), Ok);
        using var client = new AzureRestClient(Options);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => SendAsync(client, service.Uri(), RequestMethod.Put, RepeatRule.IfNotExecuted, "v"));

        Assert.Equal((status, true), (fault.Status, fault.IsFateUnknown));
        Assert.StartsWith($"Test Storage try it: the service answered {status}", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("; whether it was executed is unknown", fault.Message, StringComparison.Ordinal);
        Assert.Single(service.Requests);
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Send_WriteOnAKeptConnectionThatEnds_IsExecutedOnceAndItsFateUnknown(string method, string rule)
    {
        foreach (var fault in Faults.Select(row => row.Data))
        {
            // A request without content would be sent again by the connection pool itself, which takes the connection for stale.
            await using var service = new ScriptedService(Ok, fault, Ok);
            using var client = new AzureRestClient(Options);
            await SendAsync(client, service.Uri("/first"), RequestMethod.Get, RepeatRule.Freely);

            var failure = await Assert.ThrowsAsync<AzureConnectionException>(() => SendAsync(client, service.Uri("/second"), RequestMethod.Parse(method), Rule(rule)));

            Assert.True(failure.IsFateUnknown);
            Assert.EndsWith("; whether it was executed is unknown", failure.Message, StringComparison.Ordinal);
            Assert.Equal(["/first", "/second"], service.Requests.Select(request => request.Target));
            Assert.Equal(1, service.Connections);
        }
    }

    [Fact]
    public async Task Send_ContentlessRequestOfThePool_IsSentTwice()
    {
        // What the test above guards against is real: the runtime does repeat on its own account.
        await using var service = new ScriptedService(Ok, ScriptedService.Close, Ok);
        using var client = new AzureRestClient(Options with { Retries = 0 });
        await SendAsync(client, service.Uri("/first"), RequestMethod.Get, RepeatRule.Freely);

        Assert.Equal(200, await SendAsync(client, service.Uri("/second"), RequestMethod.Delete, RepeatRule.Freely));
        Assert.Equal(["/first", "/second", "/second"], service.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task Send_RetryAfter_IsWaitedFor()
    {
        var time = new ManualTimeProvider();
        await using var service = new ScriptedService(ScriptedService.Answer(429, headers: "Retry-After: 2\r\n"), Ok);
        using var client = new AzureRestClient(Options with { Time = time });

        var sending = SendAsync(client, service.Uri(), RequestMethod.Get, RepeatRule.Freely);
        await Eventually.MustAsync("the pause has begun", () => Task.FromResult(time.ArmedTimers == 2), TimeSpan.FromSeconds(20), Cancelled);
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Single(service.Requests);
        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(200, await sending);
    }

    [Theory]
    [InlineData("Retry-After: 3")]
    [InlineData("Retry-After: Fri, 01 Jan 2100 00:00:00 GMT")]
    [InlineData("x-ms-retry-after-ms: 3000")]
    [InlineData("x-ms-retrypolicy: NoRetry")]
    public async Task Send_LongerPauseThanWeWait_IsNotRepeated(string header)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(503, headers: header + "\r\n"), Ok);
        using var client = new AzureRestClient(Options);

        Assert.Equal(503, await SendAsync(client, service.Uri(), RequestMethod.Get, RepeatRule.Freely));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Send_EachAttempt_IsAuthorizedAnew()
    {
        await using var service = new ScriptedService(ScriptedService.Answer(503), ScriptedService.Answer(500), Ok);
        using var client = new AzureRestClient(Options with { Authentication = new CountingAuthentication() });

        await SendAsync(client, service.Uri(), RequestMethod.Get, RepeatRule.Freely);

        Assert.Equal(["Attempt 1", "Attempt 2", "Attempt 3"], service.Requests.Select(request => request.Headers["Authorization"]));
    }
}
