using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Azure.Core.Pipeline;
using Serverless.Backends.Azurite;
using Serverless.Backends.Network;
using Serverless.Backends.Node;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Tests.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureStorage.Queues;

public sealed class QueueClientTests(AzuriteQueues azurite) : IClassFixture<AzuriteQueues>
{
    private static readonly TimeSpan Hidden = TimeSpan.FromSeconds(300);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queue_Life_IsToldByValues()
    {
        using var queue = azurite.Client("life");

        Assert.Null(await queue.CountAsync(Cancelled));
        Assert.True(await queue.CreateAsync(Cancelled));
        Assert.False(await queue.CreateAsync(Cancelled));
        Assert.Equal(0, await queue.CountAsync(Cancelled));
        Assert.True(await queue.DeleteAsync(Cancelled));
        Assert.False(await queue.DeleteAsync(Cancelled));
    }

    [Fact]
    public async Task AnyOperation_NoQueue_IsToldByAValue()
    {
        using var queue = azurite.Client("nowhere");

        Assert.Null(await queue.PutAsync("text", TimeSpan.Zero, null, Cancelled));
        Assert.Null(await queue.GetAsync(1, Hidden, Cancelled));
        Assert.Null(await queue.PeekAsync(1, Cancelled));
        Assert.False(await queue.ClearAsync(Cancelled));
        Assert.Equal(QueueOutcome.QueueNotFound, await queue.DeleteAsync("id", "receipt", Cancelled));
        Assert.Equal(QueueOutcome.QueueNotFound, (await queue.UpdateAsync("id", "receipt", Hidden, null, Cancelled)).Outcome);
    }

    [Fact]
    public async Task Message_Life_GoesThroughEveryState()
    {
        using var queue = await azurite.CreateAsync();
        var put = await queue.PutAsync("first", TimeSpan.Zero, TimeSpan.FromHours(1), Cancelled);
        Assert.Equal(TimeSpan.FromHours(1), put!.ExpiresOn - put.InsertedOn);
        Assert.Equal((1, true), (await queue.CountAsync(Cancelled), put.PopReceipt is not null));

        var seen = Assert.Single((await queue.PeekAsync(32, Cancelled))!);
        Assert.Equal((put.Id, "first", 0, null, null), (seen.Id, seen.Text, seen.DequeueCount, seen.PopReceipt, seen.NextVisibleOn));

        var got = Assert.Single((await queue.GetAsync(32, Hidden, Cancelled))!);
        Assert.Equal((put.Id, "first", 1, put.InsertedOn, put.ExpiresOn), (got.Id, got.Text, got.DequeueCount, got.InsertedOn, got.ExpiresOn));
        Assert.Empty((await queue.GetAsync(32, Hidden, Cancelled))!);
        Assert.Empty((await queue.PeekAsync(32, Cancelled))!);

        var updated = await queue.UpdateAsync(got.Id, got.PopReceipt!, TimeSpan.Zero, "second", Cancelled);
        Assert.Equal(QueueOutcome.Done, updated.Outcome);
        Assert.NotEqual(got.PopReceipt, updated.PopReceipt);
        Assert.NotNull(updated.NextVisibleOn);
        Assert.Equal(QueueOutcome.PopReceiptMismatch, await queue.DeleteAsync(got.Id, got.PopReceipt!, Cancelled));
        Assert.Equal(QueueOutcome.PopReceiptMismatch, (await queue.UpdateAsync(got.Id, got.PopReceipt!, Hidden, null, Cancelled)).Outcome);

        var again = Assert.Single((await queue.GetAsync(1, Hidden, Cancelled))!);
        Assert.Equal(("second", 2), (again.Text, again.DequeueCount));
        Assert.Equal(QueueOutcome.Done, await queue.DeleteAsync(again.Id, again.PopReceipt!, Cancelled));
        Assert.Equal(QueueOutcome.MessageNotFound, await queue.DeleteAsync(again.Id, again.PopReceipt!, Cancelled));
        Assert.Equal(QueueOutcome.MessageNotFound, (await queue.UpdateAsync(again.Id, again.PopReceipt!, Hidden, null, Cancelled)).Outcome);
    }

    [Fact]
    public async Task Put_HiddenAtFirst_IsThereButNotReceived()
    {
        using var queue = await azurite.CreateAsync();

        var put = await queue.PutAsync("later", Hidden, null, Cancelled);

        Assert.Equal(1, await queue.CountAsync(Cancelled));
        Assert.Empty((await queue.GetAsync(1, Hidden, Cancelled))!);
        Assert.Equal(QueueOutcome.Done, await queue.DeleteAsync(put!.Id, put.PopReceipt!, Cancelled));
    }

    [Fact]
    public async Task Update_WithoutText_LeavesIt()
    {
        using var queue = await azurite.CreateAsync();
        var put = await queue.PutAsync("kept", Hidden, null, Cancelled);

        await queue.UpdateAsync(put!.Id, put.PopReceipt!, TimeSpan.Zero, null, Cancelled);

        Assert.Equal("kept", Assert.Single((await queue.GetAsync(1, Hidden, Cancelled))!).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" spaces at both ends ")]
    [InlineData("<xml a=\"1\">&amp; ]]> 'quoted'</xml>")]
    [InlineData("grün 漢字 😀")]
    [InlineData("tab\tline\nend")]
    public async Task Text_Any_ComesBackAsItWas(string text)
    {
        using var queue = await azurite.CreateAsync();

        await queue.PutAsync(text, TimeSpan.Zero, null, Cancelled);

        Assert.Equal(text, Assert.Single((await queue.GetAsync(1, Hidden, Cancelled))!).Text);
    }

    [Theory]
    [InlineData("a\u0001b", "the message has the character U+0001, which XML can't hold; send it as Base64")]
    [InlineData("\uFFFF", "the message has the character U+FFFF, which XML can't hold; send it as Base64")]
    public async Task Text_WithWhatXmlCannotHold_IsRefused(string text, string fault)
    {
        using var queue = azurite.Client("refused");

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => queue.PutAsync(text, TimeSpan.Zero, null, Cancelled));

        Assert.StartsWith(fault, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_HalfOfAPair_IsAFault()
    {
        Assert.Equal("the message has the character U+D83D, which XML can't hold; send it as Base64", QueueText.Fault("a\uD83D"));
        Assert.Equal("the message has the character U+DE00, which XML can't hold; send it as Base64", QueueText.Fault("\uDE00\uD83D"));
        Assert.Null(QueueText.Fault("\uD83D\uDE00"));
    }

    [Fact]
    public async Task Text_AtTheLimit_IsTakenAndOneMoreByteRefused()
    {
        using var queue = await azurite.CreateAsync();
        var largest = Convert.ToBase64String(RandomNumberGenerator.GetBytes(QueueText.MostBytes / 4 * 3));
        Assert.Equal(QueueText.MostBytes, largest.Length);

        await queue.PutAsync(largest, TimeSpan.Zero, null, Cancelled);

        Assert.Equal(largest, Assert.Single((await queue.GetAsync(1, Hidden, Cancelled))!).Text);
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => queue.PutAsync(new string('ü', QueueText.MostBytes / 2) + "x", TimeSpan.Zero, null, Cancelled));
        Assert.StartsWith("the message has 65537 bytes; a queue takes 65536", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ManyMessages_GivesEachOnceAndClearDropsTheRest()
    {
        using var queue = await azurite.CreateAsync();
        for (var i = 0; i < 40; i++)
        {
            await queue.PutAsync($"m{i}", TimeSpan.Zero, null, Cancelled);
        }

        var batches = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => queue.GetAsync(8, Hidden, Cancelled)));
        var texts = batches.SelectMany(batch => batch!).Select(message => message.Text).ToList();
        Assert.Equal(32, texts.Count);
        Assert.Equal(32, texts.Distinct().Count());

        Assert.True(await queue.ClearAsync(Cancelled));
        Assert.Equal(0, await queue.CountAsync(Cancelled));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    public async Task Get_CountOutOfRange_IsRefused(int count)
    {
        using var queue = azurite.Client("range");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.GetAsync(count, Hidden, Cancelled));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.PeekAsync(count, Cancelled));
    }

    [Fact]
    public async Task Put_LivesShorterThanHidden_IsRefusedByTheService()
    {
        using var queue = await azurite.CreateAsync();

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => queue.PutAsync("x", TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10), Cancelled));

        Assert.Equal((400, false), (fault.Status, fault.IsFateUnknown));
        Assert.StartsWith("Queue Storage put message: the service answered 400", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyOperation_WrongKey_FailsWithTheServicesCode()
    {
        const string wrong = "d3Jvbmcga2V5";
        using var queue = azurite.Client("wrong", $"AccountName={azurite.Server.Account};AccountKey={wrong};QueueEndpoint={azurite.Server.QueueEndpoint}");

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => queue.CreateAsync(Cancelled));

        Assert.Equal(403, fault.Status);
        Assert.NotNull(fault.RequestId);
        Assert.DoesNotContain(wrong, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signature_OfTheQueue_Receives()
    {
        using var owner = await azurite.CreateAsync("shared");
        await owner.PutAsync("for you", TimeSpan.Zero, null, Cancelled);
        const string version = "2021-12-02";
        var end = (TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1)).ToString("yyyy-MM-ddTHH:mm:ssZ");
        var text = $"p\n\n{end}\n/queue/{azurite.Server.Account}/shared\n\n\n\n{version}";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(azurite.Server.Key), Encoding.UTF8.GetBytes(text)));
        using var guest = azurite.Client(
            "shared", $"QueueEndpoint={azurite.Server.QueueEndpoint};SharedAccessSignature=?sv={version}&se={Uri.EscapeDataString(end)}&sp=p&sig={Uri.EscapeDataString(signature)}");

        Assert.Equal("for you", Assert.Single((await guest.GetAsync(1, Hidden, Cancelled))!).Text);
        Assert.Equal(403, (await Assert.ThrowsAsync<AzureServiceException>(() => guest.PutAsync("no", TimeSpan.Zero, null, Cancelled))).Status);
    }

    [Fact]
    public async Task HostStyle_Endpoint_IsSigned()
    {
        // Not every machine resolves names below localhost.
        using var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync };
        using var transport = new HttpClientTransport(handler);
        var account = StorageConnectionString.Parse(
            $"AccountName={azurite.Server.Account};AccountKey={azurite.Server.Key};QueueEndpoint=http://{azurite.Server.Account}.queue.localhost:{azurite.Server.QueuePort}").AccountOf(StorageService.Queue);
        using var queue = new QueueClient(account, "host-style", TimeProvider.System, transport);

        Assert.True(await queue.CreateAsync(Cancelled));
        Assert.NotNull(await queue.PutAsync("x", TimeSpan.Zero, null, Cancelled));
    }

    [Fact]
    public async Task Identity_OverHttps_IsLetIn()
    {
        using var certificates = new CertificateSet();
        await using var server = await AzuriteServer.StartAsync(new AzuriteSettings { Certificates = certificates }, Cancelled);
        using var handler = new SocketsHttpHandler();
        var expected = certificates.Server.GetCertHashString();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == expected;
        using var transport = new HttpClientTransport(handler);
        var credential = new AskedCredential(AzuriteToken.Create());
        using var queue = new QueueClient(new StorageAccount(server.Account, new Uri(server.QueueEndpoint), StorageCredential.Token(credential)), "identity", TimeProvider.System, transport);

        Assert.True(await queue.CreateAsync(Cancelled));
        Assert.NotNull(await queue.PutAsync("x", TimeSpan.Zero, null, Cancelled));
        Assert.Equal(["https://storage.azure.com/.default"], credential.Scopes);
    }

    [Fact]
    public async Task Identity_OverHttp_IsRefusedBeforeAnythingIsSent()
    {
        var account = new StorageAccount("acct", new Uri("http://127.0.0.1:1/acct"), StorageCredential.Token(new AskedCredential(AzuriteToken.Create())));
        using var queue = new QueueClient(account, "identity", TimeProvider.System);

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => queue.PutAsync("x", TimeSpan.Zero, null, Cancelled));

        Assert.False(fault.IsFateUnknown);
        Assert.Contains("https", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_OfMicrosoftsClient_AreReadByOursAndTheOtherWayRound()
    {
        using var queue = await azurite.CreateAsync("both");
        NodeScript Theirs(params string[] arguments) => new("queue.mjs", [azurite.Server.ConnectionString, "both", .. arguments]);

        var sent = await Theirs("send", "<theirs> & ü").RunAsync(Cancelled);
        var got = Assert.Single((await queue.GetAsync(1, Hidden, Cancelled))!);
        Assert.Equal((sent.GetProperty("id").GetString(), "<theirs> & ü"), (got.Id, got.Text));
        Assert.Equal(QueueOutcome.Done, await queue.DeleteAsync(got.Id, got.PopReceipt!, Cancelled));

        var put = await queue.PutAsync("<ours> & ü\nline", TimeSpan.Zero, null, Cancelled);
        var received = Assert.Single((await Theirs("receive", "1", "300").RunAsync(Cancelled)).EnumerateArray());
        Assert.Equal((put!.Id, "<ours> & ü\nline"), (received.GetProperty("id").GetString(), received.GetProperty("text").GetString()));
        await Theirs("delete", put.Id, received.GetProperty("popReceipt").GetString()!).RunAsync(Cancelled);
        Assert.Equal(0, await queue.CountAsync(Cancelled));
    }

    [Fact]
    public async Task Put_CancelledWhileTheServiceHangs_EndsAtOnce()
    {
        using var queue = await azurite.CreateAsync();
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        azurite.Server.Pause();
        try
        {
            var putting = queue.PutAsync("lost?", TimeSpan.Zero, null, caller.Token);
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => putting);
        }
        finally
        {
            azurite.Server.Resume();
        }

        await Eventually.MustAsync("the queue answers", async () => await queue.CountAsync(Cancelled) is not null, TimeSpan.FromSeconds(20), Cancelled);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
