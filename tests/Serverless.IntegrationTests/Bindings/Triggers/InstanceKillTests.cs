using System.Collections.Concurrent;
using System.Globalization;
using Serverless.Backends.Apps;
using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.HostEmulator;

namespace Serverless.IntegrationTests.Bindings.Triggers;

/// <summary>Ten thousand messages through an instance, host and handler, that is killed three times.</summary>
public sealed class InstanceKillTests
{
    private const int Messages = 10_000;
    private const int Refused = 12;
    private const int Seed = 5;

    // Azurite looks through a whole queue for each receive, so that a long one makes all slow.
    private const int LongestQueue = 300;
    private static readonly int[] KillsAt = [2_000, 4_500, 7_000];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Shortened: the host's lease of a message is 5 s instead of 10 minutes, the pause after a refusal 1 s instead of 30 s.</summary>
    [Fact]
    public Task Messages_WhileTheInstanceIsKilledThreeTimes_AreNeverLost() => RunAsync(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(300));

    /// <summary>With the host's own times, for which <c>tests/full</c> takes about a quarter of an hour.</summary>
    [Fact(Explicit = true)]
    public Task Messages_WhileTheInstanceIsKilledThreeTimesAtTheHostsTimes_AreNeverLost() => RunAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(40));

    private static async Task RunAsync(TimeSpan lease, TimeSpan pause, TimeSpan limit)
    {
        var random = new Random(Seed);
        var bad = Enumerable.Range(0, Messages).OrderBy(_ => random.Next()).Take(Refused).ToHashSet();
        var taken = new ConcurrentDictionary<int, int>();
        var refusals = new ConcurrentDictionary<int, int>();
        using var room = new SemaphoreSlim(LongestQueue);
        await using var storage = await AzuriteServer.StartAsync(Token);
        using var queue = new QueueRequests(storage.ConnectionString, "work");
        await queue.CreateAsync(Token);
        var recording = await RecordingApp.StartAsync();
        recording.Script = async (request, token) =>
        {
            // Long enough that each kill meets deliveries under way; those are not taken.
            var number = int.Parse(request.Text, CultureInfo.InvariantCulture);
            await Task.Delay(TimeSpan.FromMilliseconds(number % 40), TimeProvider.System, token);
            if ((bad.Contains(number) ? refusals : taken).AddOrUpdate(number, 1, (_, count) => count + 1) == 1)
            {
                room.Release();
            }

            return bad.Contains(number) ? new AppReply(500) : AppReply.Ok;
        };
        var settings = TriggeredApp.Settings(storage, ("extensions__queues__batchSize", "32"), ("extensions__queues__newBatchThreshold", "32"), ("extensions__queues__visibilityTimeout", pause.ToString("c", CultureInfo.InvariantCulture)));
        await using var app = await TriggeredApp.StartAsync(recording, settings with { QueueLease = lease }, ("q.yaml", TriggeredApp.Queue("work", "work")));

        var sending = Parallel.ForEachAsync(Enumerable.Range(0, Messages), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (number, token) =>
        {
            await room.WaitAsync(token);
            await queue.PutAsync(number.ToString(CultureInfo.InvariantCulture), token);
        });
        foreach (var kill in KillsAt)
        {
            await Eventually.MustAsync($"{kill} messages at the app", () => Task.FromResult(taken.Count >= kill), limit, Token);
            await app.KillAsync();
            await app.StartAgainAsync();
        }

        await sending;
        await Eventually.MustAsync("the queue is empty", () => IsEmptyAsync(queue), limit, Token);

        Assert.Equal(Messages - Refused, taken.Count);
        var poison = await PoisonAsync(storage);
        Assert.Equal(bad.Order(), poison.Distinct().Order());

        // A delivery that a kill cut short counts for the host, though the app may not have seen it.
        Assert.All(bad, number => Assert.InRange(refusals[number], 5 - KillsAt.Length, 5));
        Assert.Contains(bad, number => refusals[number] == 5);

        // The kills did hit deliveries.
        Assert.True(recording.Requests.Count > Messages - Refused + refusals.Values.Sum(), "no delivery was cut short");
    }

    // While it clears its garbage Azurite keeps nobody's connection.
    private static async Task<bool> IsEmptyAsync(QueueRequests queue)
    {
        try
        {
            return await queue.CountAsync(Token) == 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<List<int>> PoisonAsync(AzuriteServer storage)
    {
        using var poison = new QueueRequests(storage.ConnectionString, "work-poison");
        var numbers = new List<int>();
        while (await poison.GetAsync(32, TimeSpan.FromMinutes(5), Token) is { Count: > 0 } messages)
        {
            numbers.AddRange(messages.Select(message => int.Parse(message.Text, CultureInfo.InvariantCulture)));
        }

        return numbers;
    }
}
