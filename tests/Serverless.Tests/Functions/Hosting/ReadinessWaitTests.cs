using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.Hosting;

public sealed class ReadinessWaitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_AsksUntilTheAnswerIsGood()
    {
        var asked = 0;
        var paths = new List<string>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Run(context =>
        {
            paths.Add(context.Request.Path);
            context.Response.StatusCode = ++asked < 3 ? StatusCodes.Status500InternalServerError : StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        await app.StartAsync(Cancellation);
        var port = new Uri(ApiHost.Addresses(app).Single()).Port;

        Assert.True(await ReadinessWait.RunAsync(port, TimeSpan.FromSeconds(30), Cancellation));
        Assert.Equal(Enumerable.Repeat("/v1.0/healthz/outbound", 3), paths);
    }

    [Fact]
    public async Task Run_NothingThere_GivesUp() =>
        Assert.False(await ReadinessWait.RunAsync(AppProcess.FreePort(), TimeSpan.FromMilliseconds(250), Cancellation));
}
