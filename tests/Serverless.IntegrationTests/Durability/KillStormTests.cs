using System.Globalization;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Durability;

/// <summary>What was acknowledged survives SIGKILL (functions-host.md §13: no reliance on a graceful end).</summary>
public sealed class KillStormTests
{
    private const int Kills = 10;
    private const int Writers = 6;
    private const int AcknowledgementsPerRound = 150;
    private static readonly TimeSpan RoundLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task TenKillsInAStormOfWrites_EveryAcknowledgedWriteIsThere()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        var settings = new AppSettings { Folder = folder };
        var writers = Enumerable.Range(0, Writers).Select(number => new StormWriter($"storm-{number}")).ToList();
        for (var round = 0; round < Kills; round++)
        {
            await using var app = await AppProcess.StartAsync(settings, token);
            await CheckAsync(app, writers, token);
            await StormAsync(app, writers, token);
        }

        await using var last = await AppProcess.StartAsync(settings, token);
        await CheckAsync(last, writers, token);
        await WireCheck.SendAllAsync(last.Port, WireStep.Save("1"), WireStep.Read(WireAnswer.Bytes("1")));
    }

    private static async Task StormAsync(AppProcess app, List<StormWriter> writers, CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        using var client = app.Client();
        var goal = Acknowledged(writers) + AcknowledgementsPerRound;
        var running = writers.Select(writer => Task.Run(() => writer.RunUntilKilledAsync(new StateHttp(client), stop.Token), token)).ToList();

        var isStorm = await Eventually.TrueAsync(() => Acknowledged(writers) >= goal || running.Any(task => task.IsFaulted), RoundLimit, token);
        await app.Process.KillAsync(token);
        await stop.CancelAsync();
        await Task.WhenAll(running);

        Assert.True(isStorm, "the writers should get their acknowledgements");
    }

    private static int Acknowledged(List<StormWriter> writers) => writers.Sum(writer => writer.Ledger.Acknowledgements);

    private static async Task CheckAsync(AppProcess app, List<StormWriter> writers, CancellationToken token)
    {
        var complaints = new List<string>();
        foreach (var ledger in writers.Select(writer => writer.Ledger))
        {
            foreach (var key in ledger.Keys)
            {
                var request = new RawRequest("GET", $"/v1.0/state/{IWireTarget.StoreName}/{key}");
                var response = await RawClient.SendAsync(app.Port, request, token);
                long? found = response.Status == 200 ? long.Parse(response.Text, CultureInfo.InvariantCulture) : null;
                if (ledger.Complaint(key, found) is { } complaint)
                {
                    complaints.Add(complaint);
                }
            }
        }

        Assert.Empty(complaints);
    }
}
