using System.Globalization;
using Serverless.Backends.Apps;
using Serverless.Backends.ServiceBus;
using Serverless.IntegrationTests.Bindings.Channel;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Azure;

/// <summary>Messages of a Service Bus queue, through the process, to an app.</summary>
public sealed class ServiceBusInputTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_Taken_IsGone_AndHasItsHeaders()
    {
        await using var server = await StartAsync();
        await using var app = await RecordingApp.StartAsync();
        await using var process = await AppProcess.StartAsync(Settings(server, app), Token);

        await QueueFixture.SendAsync(process.Port, "{\"a\":1}, \"metadata\":{\"id\":\"m-1\",\"Label\":\"l\",\"kind\":\"x\"}", "bus");

        var call = (await app.WaitAsync(1, "POST", "/orders-in", Token))[0];
        Assert.Equal("{\"a\":1}", call.Text);
        Assert.Equal(("m-1", "l", "x"), (call.Header("Id"), call.Header("Label"), call.Header("Kind")));
        await UntilAsync(process, () => server.Count("q") == new EntityCounts(0, 0, 0, 0));
    }

    [Fact]
    public async Task Message_RefusedByTheApp_IsDeadInTheEnd()
    {
        await using var server = await StartAsync();
        await using var app = await RecordingApp.StartAsync();
        app.Script = (request, _) => Task.FromResult(new AppReply(request.Method == "POST" ? 500 : 200));
        await using var process = await AppProcess.StartAsync(Settings(server, app), Token);

        await QueueFixture.SendAsync(process.Port, "1", "bus");

        await UntilAsync(process, () => server.Count("q").DeadLettered == 1);
        Assert.Equal(3, app.Of("POST", "/orders-in").Count);
    }

    [Fact]
    public async Task App_GoneForAWhile_PoisonsNothing()
    {
        await using var server = await StartAsync(deliveries: 2);
        await using var app = await RecordingApp.StartAsync();
        await using var process = await AppProcess.StartAsync(Settings(server, app), Token);
        await QueueFixture.SendAsync(process.Port, "0", "bus");
        await app.WaitAsync(1, "POST", "/orders-in", Token);
        await app.StopAsync();
        await QueueFixture.SendAsync(process.Port, "1", "bus");
        await UntilAsync(process, () => process.Output.HasLine("did not reach the app"));

        await app.StartAgainAsync();

        await app.WaitAsync(2, "POST", "/orders-in", Token, Limit);
        await UntilAsync(process, () => server.Count("q") == new EntityCounts(0, 0, 0, 0));
    }

    [Fact]
    public async Task Process_KilledBeforeTheAppAnswers_LosesNothing()
    {
        await using var server = await StartAsync();
        await using var app = await RecordingApp.StartAsync();
        app.Script = async (request, token) => request.Method == "POST" ? await RecordingApp.HangAsync(request, token) : AppReply.Ok;
        await using (var first = await AppProcess.StartAsync(Settings(server, app), Token))
        {
            await QueueFixture.SendAsync(first.Port, "1", "bus");
            await app.WaitAsync(1, "POST", "/orders-in", Token);
            await first.Process.KillAsync(Token);
        }

        app.Script = (_, _) => Task.FromResult(AppReply.Ok);
        await using var second = await AppProcess.StartAsync(Settings(server, app), Token);

        Assert.Equal(["1", "1"], (await app.WaitAsync(2, "POST", "/orders-in", Token, Limit)).Select(call => call.Text));
        await UntilAsync(second, () => server.Count("q") == new EntityCounts(0, 0, 0, 0));
    }

    private static Task<ServiceBusServer> StartAsync(int deliveries = 3) => ServiceBusServer.StartAsync(new ServiceBusSettings
    {
        Policies = [new("all", "k")],
        Queues = [new QueueSettings("q") { MaxDeliveryCount = deliveries, LockDuration = TimeSpan.FromSeconds(3) }],
    });

    private static AppSettings Settings(ServiceBusServer server, RecordingApp app) => new()
    {
        Arguments = ["--app-port", app.Port.ToString(CultureInfo.InvariantCulture)],
        Resources = new Dictionary<string, string>
        {
            ["bus.yaml"] = Resources.Component(
                "bus",
                "bindings.azure.servicebusqueues",
                ("connectionString", $"Endpoint=http://localhost:{server.HttpPort}/;SharedAccessKeyName=all;SharedAccessKey=k"),
                ("queueName", "q"),
                ("direction", "input, output"),
                ("route", "/orders-in")),
        },
    };

    private static async Task UntilAsync(AppProcess process, Func<bool> condition) => Assert.True(await Eventually.TrueAsync(condition, Limit, Token), process.Output.Text);
}
