using System.Net;
using Serverless.Backends.PostgreSql;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.PostgreSql;

/// <summary>The app starts while its server is not there, or does not let it in; and its table goes.</summary>
public sealed class PostgreSqlStartTests
{
    private const string Secret = "not-the-pass-word";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_ServerDownOrHung_StoreComesWithTheServer(bool isHung)
    {
        await using var server = await PostgreSqlServer.StartAsync(Token);
        if (isHung)
        {
            server.Pause();
        }
        else
        {
            await server.StopAsync(Token);
        }

        await using var app = await StartAsync(PostgreSqlApp.OptionalStore(server.ConnectionString, ("timeout", "2s")), "--hot-reload-reconcile-interval", "1s");
        using var client = app.Client();
        var state = new StateHttp(client);
        Assert.Equal("ERR_STATE_STORE_NOT_CONFIGURED", (await state.GetAsync("k", Token)).ErrorCode);
        Assert.True(app.Output.HasLine("level=error", "error connecting to postgresql", server.Address), app.Output.Text);

        if (isHung)
        {
            server.Resume();
        }
        else
        {
            await server.StartAgainAsync(Token);
        }

        await Eventually.MustAsync("the store is there", async () => (await state.SaveAsync("k", "1", Token)).IsSuccess, Limit, Token);
    }

    [Theory]
    [InlineData("password=" + Secret, "28P01")]
    [InlineData("port=1", "refused")]
    public async Task Start_NotLetIn_RefusedWithoutTellingThePassword(string difference, string reason)
    {
        await using var server = await PostgreSqlServer.StartAsync(Token);
        await using var app = await AppProcess.LaunchAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string> { ["store.yaml"] = PostgreSqlApp.Store($"{server.ConnectionString} {difference}") },
                Arguments = ["--log-level", "debug"],
            });

        Assert.NotEqual(0, await app.Process.WaitForExitAsync(Token));
        Assert.True(app.Output.HasLine(IWireTarget.StoreName, "error connecting to postgresql at 127.0.0.1", reason), app.Output.Text);
        Assert.DoesNotContain(Secret, app.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgreSqlServer.Password, app.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_DroppedUnderTheApp_IsToldAndMadeAnewByTheNextStart()
    {
        await using var server = await PostgreSqlServer.StartAsync(Token);
        var yaml = PostgreSqlApp.Store(server.ConnectionString);
        await using var app = await StartAsync(yaml);
        using (var client = app.Client())
        {
            var state = new StateHttp(client);
            Assert.True((await state.SaveAsync("k", "1", Token)).IsSuccess);
            await server.Witness.RunAsync("DROP TABLE state", Token);

            var read = await state.GetAsync("k", Token);
            var write = await state.SaveAsync("k", "1", Token);

            Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_GET"), (read.Status, read.ErrorCode));
            Assert.EndsWith("42P01: relation \"state\" does not exist; tables are created when the component is loaded, never while it runs", read.Message, StringComparison.Ordinal);
            Assert.Equal(WriteFate.NotMade, write.Fate);
        }

        await using var next = await StartAsync(yaml);
        using var nextClient = next.Client();
        Assert.True((await new StateHttp(nextClient).SaveAsync("k", "2", Token)).IsSuccess);
        Assert.True(next.Output.HasLine("level=warn", "table 'state' was created before and is gone"), next.Output.Text);
    }

    [Fact]
    public async Task Version_V1_IsRefused()
    {
        await using var app = await AppProcess.LaunchAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string>
                {
                    ["store.yaml"] = PostgreSqlApp.Store("host=127.0.0.1").Replace("version: v2", "version: v1", StringComparison.Ordinal),
                },
            });

        Assert.NotEqual(0, await app.Process.WaitForExitAsync(Token));
        Assert.True(app.Output.HasLine("couldn't find state store state.postgresql/v1"), app.Output.Text);
    }

    private static Task<AppProcess> StartAsync(string yaml, params string[] arguments) => AppProcess.StartAsync(
        new AppSettings { Resources = new Dictionary<string, string> { ["store.yaml"] = yaml }, Arguments = arguments }, Token);
}
