using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

/// <summary>Notes what a store sends, and fails when told to.</summary>
internal sealed class TableTransport : HttpPipelineTransport
{
    private static readonly HttpClientTransport Inner = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private int _left = int.MaxValue;
    private int _lost;
    private int _changes;
    private int _batches;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The requests so far: <c>get</c>, <c>query</c>, <c>change</c>, <c>batch</c>; those about indexes and sessions end in <c>!</c>.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>After so many more changes the process dies: that one is made and not answered, and nothing follows.</summary>
    public void CutAfter(int changes) => Volatile.Write(ref _left, changes);

    /// <summary>After so many more changes the answer to one gets lost.</summary>
    public void LoseAnswer(int after) => Volatile.Write(ref _lost, after + 1);

    /// <summary>The answer to every so many changes gets lost, or the change itself; 0 for none.</summary>
    public int LosesEvery { get; set; }

    /// <summary>Requests about indexes wait until so many batches about instances have been answered; 0 for none.</summary>
    public int HoldsIndexesFor { get; init; }

    public void Clear() => _requests.Clear();

    public override Request CreateRequest() => Inner.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        if (Volatile.Read(ref _left) < 0)
        {
            throw new CutException();
        }

        var isChange = message.Request.Method != RequestMethod.Get;
        var name = await NameAsync(message.Request);
        _requests.Enqueue(name);
        if (name == "batch!" && HoldsIndexesFor > 0)
        {
            await _held.Task.WaitAsync(message.CancellationToken);
        }

        var left = isChange ? Interlocked.Decrement(ref _left) : 0;
        if (left < 0)
        {
            throw new CutException();
        }

        var change = isChange && LosesEvery > 0 ? Interlocked.Increment(ref _changes) : 1;
        if (LosesEvery > 0 && change % (2 * LosesEvery) == 0)
        {
            throw new IOException("the request got lost");
        }

        await Inner.ProcessAsync(message);
        if (name == "batch" && Interlocked.Increment(ref _batches) == HoldsIndexesFor)
        {
            _held.SetResult();
        }

        if (LosesEvery > 0 && change % LosesEvery == 0)
        {
            message.Response.Dispose();
            throw new IOException("the answer got lost");
        }

        if (isChange && left == 0)
        {
            Volatile.Write(ref _left, -1);
            throw new CutException();
        }

        if (isChange && Interlocked.Decrement(ref _lost) == 0)
        {
            message.Response.Dispose();
            throw new IOException("the answer got lost");
        }
    }

    private static async Task<string> NameAsync(Request request)
    {
        var text = Uri.UnescapeDataString(request.Uri.ToString());
        var name = text.Contains("$batch", StringComparison.Ordinal) ? "batch"
            : request.Method != RequestMethod.Get ? "change"
            : text.Contains("()", StringComparison.Ordinal) ? "query" : "get";
        if (name == "batch")
        {
            using var content = new MemoryStream();
            await request.Content!.WriteToAsync(content, CancellationToken.None);
            text = Uri.UnescapeDataString(System.Text.Encoding.UTF8.GetString(content.ToArray()));
        }

        return text.Contains("!ready", StringComparison.Ordinal) || text.Contains("!list", StringComparison.Ordinal) || text.Contains("!sessions", StringComparison.Ordinal) ? name + "!" : name;
    }
}
