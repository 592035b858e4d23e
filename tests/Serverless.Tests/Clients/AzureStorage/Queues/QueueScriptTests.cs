using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Tests.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureStorage.Queues;

/// <summary>Requests to the letter, and answers that Azurite does not give.</summary>
public sealed class QueueScriptTests
{
    private const string Empty = "<?xml version=\"1.0\"?><QueueMessagesList/>";
    private static readonly TimeSpan Hidden = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_EachOperation_AreAsDocumented()
    {
        var answers = new Dictionary<string, string>
        {
            ["PUT /acct/tasks"] = ScriptedService.Answer(201),
            ["POST /acct/tasks/messages?visibilitytimeout=2&messagettl=-1"] = ScriptedService.Answer(201, Put("m 1")),
            ["GET /acct/tasks/messages?numofmessages=2&visibilitytimeout=30"] = ScriptedService.Answer(200, Empty),
            ["GET /acct/tasks/messages?peekonly=true&numofmessages=3"] = ScriptedService.Answer(200, Empty),
            ["PUT /acct/tasks/messages/m%201?popreceipt=a%2Bb%2F%3D&visibilitytimeout=30"] =
                ScriptedService.Answer(204, headers: "x-ms-popreceipt: new\r\nx-ms-time-next-visible: Fri, 02 Jan 2026 03:04:05 GMT\r\n"),
            ["DELETE /acct/tasks/messages/m%201?popreceipt=a%2Bb%2F%3D"] = ScriptedService.Answer(204),
            ["DELETE /acct/tasks/messages"] = ScriptedService.Answer(204),
            ["GET /acct/tasks?comp=metadata"] = ScriptedService.Answer(200, headers: "x-ms-approximate-messages-count: 7\r\n"),
            ["DELETE /acct/tasks"] = ScriptedService.Answer(204),
        };
        await using var service = new ScriptedService((request, _) => answers.GetValueOrDefault($"{request.Method} {request.Target}", ScriptedService.Answer(418)));
        using var queue = Client(service);

        Assert.True(await queue.CreateAsync(Cancelled));
        Assert.Equal("m 1", (await queue.PutAsync("a<b\r\n", TimeSpan.FromSeconds(1.5), null, Cancelled))!.Id);
        Assert.Empty((await queue.GetAsync(2, Hidden, Cancelled))!);
        Assert.Empty((await queue.PeekAsync(3, Cancelled))!);
        Assert.Equal("new", (await queue.UpdateAsync("m 1", "a+b/=", Hidden, null, Cancelled)).PopReceipt);
        Assert.Equal(QueueOutcome.Done, await queue.DeleteAsync("m 1", "a+b/=", Cancelled));
        Assert.True(await queue.ClearAsync(Cancelled));
        Assert.Equal(7, await queue.CountAsync(Cancelled));
        Assert.True(await queue.DeleteAsync(Cancelled));

        var put = service.Requests.ElementAt(1);
        Assert.Equal(("<QueueMessage><MessageText>a&lt;b&#xD;\n</MessageText></QueueMessage>", "application/xml", "2021-12-02"), (put.Body, put.Headers["Content-Type"], put.Headers["x-ms-version"]));
        Assert.StartsWith("SharedKey acct:", put.Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_AnswerLost_IsNotSentAgain()
    {
        await using var service = new ScriptedService(ScriptedService.Close, ScriptedService.Answer(201, Put("m")));
        using var queue = Client(service);

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => queue.PutAsync("x", TimeSpan.Zero, null, Cancelled));

        Assert.True(fault.IsFateUnknown);
        Assert.Single(service.Requests);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Put_ServiceBusy_IsSentAgainAndReceivingIsNot(int status)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(status), ScriptedService.Answer(201, Put("m")), ScriptedService.Answer(status), ScriptedService.Answer(200, Empty));
        using var queue = Client(service);

        Assert.NotNull(await queue.PutAsync("x", TimeSpan.Zero, null, Cancelled));
        Assert.Equal(status, (await Assert.ThrowsAsync<AzureServiceException>(() => queue.GetAsync(1, Hidden, Cancelled))).Status);
        Assert.Equal(3, service.Requests.Count);
    }

    [Theory]
    [InlineData("QueueAlreadyExists", false)]
    [InlineData("QueueBeingDeleted", null)]
    public async Task Create_Conflict_IsToldApart(string code, bool? isNew)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(409, headers: $"x-ms-error-code: {code}\r\n"));
        using var queue = Client(service);

        if (isNew is { } expected)
        {
            Assert.Equal(expected, await queue.CreateAsync(Cancelled));
        }
        else
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<AzureServiceException>(() => queue.CreateAsync(Cancelled))).Code);
        }
    }

    [Theory]
    [InlineData("no xml")]
    [InlineData("<QueueMessagesList><QueueMessage><MessageText>x</MessageText></QueueMessage></QueueMessagesList>")]
    [InlineData("<QueueMessagesList><QueueMessage><MessageId>m</MessageId><DequeueCount>many</DequeueCount></QueueMessage></QueueMessagesList>")]
    [InlineData("<QueueMessagesList><QueueMessage><MessageId>m</MessageId><InsertionTime>today</InsertionTime></QueueMessage></QueueMessagesList>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><QueueMessagesList/>")]
    public async Task Get_AnswerThatIsNone_IsTold(string body)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(200, body));
        using var queue = Client(service);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => queue.GetAsync(1, Hidden, Cancelled));

        Assert.True(fault.IsFateUnknown);
        Assert.False((await Assert.ThrowsAsync<AzureServiceException>(() => queue.PeekAsync(1, Cancelled))).IsFateUnknown);
        Assert.StartsWith("Queue Storage receive messages: the service answered 200: its content can't be read", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no xml")]
    [InlineData(Empty)]
    public async Task Put_AnswerThatIsNone_LeavesTheFateOpen(string body)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(201, body));
        using var queue = Client(service);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => queue.PutAsync("x", TimeSpan.Zero, null, Cancelled));

        Assert.True(fault.IsFateUnknown);
        Assert.StartsWith("Queue Storage put message: the service answered 201: its content can't be read", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x-ms-popreceipt: new\r\n")]
    [InlineData("x-ms-popreceipt: new\r\nx-ms-time-next-visible: soon\r\n")]
    public async Task Update_AnswerThatIsNone_LeavesTheFateOpen(string headers)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(204, headers: headers));
        using var queue = Client(service);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => queue.UpdateAsync("m", "p", Hidden, null, Cancelled));

        Assert.True(fault.IsFateUnknown);
        Assert.StartsWith("Queue Storage update message: the service answered 204: its content can't be read", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc", true)]
    [InlineData("a-1-b", true)]
    [InlineData("ab", false)]
    [InlineData("aB1", false)]
    [InlineData("-ab", false)]
    [InlineData("ab-", false)]
    [InlineData("a--b", false)]
    [InlineData("a_b", false)]
    [InlineData("ab/c", false)]
    [InlineData("äöü", false)]
    public void Name_Any_FollowsTheRule(string name, bool isValid)
    {
        Assert.Equal(isValid, QueueName.IsValid(name));
        Assert.Equal(!isValid, Record.Exception(() => new QueueClient(Account(1), name, TimeProvider.System).Dispose()) is ArgumentException);
    }

    [Fact]
    public void Name_Length_IsBounded() => Assert.Equal((true, false), (QueueName.IsValid(new string('a', 63)), QueueName.IsValid(new string('a', 64))));

    private static string Put(string id) =>
        $"\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList><QueueMessage><MessageId>{id}</MessageId><New><a/></New><PopReceipt>p</PopReceipt>"
        + "<InsertionTime>Fri, 02 Jan 2026 03:04:05 GMT</InsertionTime><ExpirationTime>Fri, 31 Dec 9999 23:59:59 GMT</ExpirationTime><TimeNextVisible>Fri, 02 Jan 2026 03:04:05 GMT</TimeNextVisible></QueueMessage></QueueMessagesList>";

    private static StorageAccount Account(int port) => StorageConnectionString.Parse($"AccountName=acct;AccountKey=a2V5;QueueEndpoint=http://127.0.0.1:{port}").AccountOf(StorageService.Queue);

    private static QueueClient Client(ScriptedService service) => new(Account(service.Port), "tasks", TimeProvider.System);
}
