using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.History;

public sealed class HistoryCodecTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void RoundTrip_AnyEventsWithAnyText_GivesTheSame() => Prop
        .ForAll(Events().ArrayOf().ToArbitrary(), events => AssertSame(events, RoundTrip(events)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void RoundTrip_WithSmallTextsApart_GivesTheSame() => Prop
        .ForAll(Events().ArrayOf().ToArbitrary(), events => AssertSame(events, RoundTrip(events, mostInline: 2)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Theory]
    [InlineData("\uD800")]
    [InlineData("a\uDC00b")]
    [InlineData("\uD83D\uDE00 ok \uD83D")]
    [InlineData("\0\u001F\"\\/\u2028\uFFFE")]
    [InlineData("")]
    public void RoundTrip_UnusualText_GivesTheSame(string text)
    {
        HistoryEvent[] events = [new EventRaised(text, text, text) { Timestamp = At }, new TaskFailed(1, new WorkflowFailure(text, text) { StackTrace = text }) { Timestamp = At }];
        AssertSame(events, RoundTrip(events));
        AssertSame(events, RoundTrip(events, mostInline: 0));
    }

    [Fact]
    public void Encode_Usual_IsReadable()
    {
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        var chunk = Assert.Single(HistoryCodec.Encode(
            [new TurnStarted { Timestamp = At }, new TaskScheduled(3, "Grüße", "{\"a\":1}") { Timestamp = At.AddTicks(1234567) }], "k", payloads));
        Assert.Equal(
            """{"v":1,"e":[{"t":"turn","at":"2026-03-01T12:00:00Z"},{"t":"task","at":"2026-03-01T12:00:00.1234567Z","id":3,"name":"Grüße","text":"{\"a\":1}"}]}""",
            Encoding.UTF8.GetString(chunk.Span));
        Assert.Empty(payloads);
        Assert.Empty(HistoryCodec.PayloadKeys(chunk));
    }

    [Fact]
    public void Encode_Nothing_GivesNoChunk() => Assert.Empty(HistoryCodec.Encode([], "k", new Dictionary<string, ReadOnlyMemory<byte>>()));

    [Theory]
    [InlineData(32 * 1024, 0)]
    [InlineData((32 * 1024) + 1, 1)]
    public void Encode_LargeText_IsApart(int bytes, int expected)
    {
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        HistoryEvent[] events = [new TaskCompleted(1, new string('x', bytes - 2) + "é") { Timestamp = At }];
        var chunk = Assert.Single(HistoryCodec.Encode(events, "7-", payloads));
        Assert.Equal(expected, payloads.Count);
        Assert.Equal(payloads.Keys, HistoryCodec.PayloadKeys(chunk));
        Assert.All(payloads.Keys, key => Assert.StartsWith("7-", key, StringComparison.Ordinal));
        AssertSame(events, HistoryCodec.Decode(chunk, payloads));
    }

    [Fact]
    public void Encode_Much_FillsChunksToTheLimitOfTheStore()
    {
        Assert.Equal(TurnCommit.MostChunkBytes, HistoryCodec.MostChunkBytes);
        var events = Enumerable.Range(0, 3000).Select(i => (HistoryEvent)new TaskScheduled(i, "A", new string((char)('a' + (i % 26)), i % 700)) { Timestamp = At }).ToArray();
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        var chunks = HistoryCodec.Encode(events, "k", payloads);
        Assert.All(chunks, chunk => Assert.InRange(chunk.Length, 1, TurnCommit.MostChunkBytes));
        Assert.All(chunks.SkipLast(1), chunk => Assert.InRange(chunk.Length, TurnCommit.MostChunkBytes - 1000, TurnCommit.MostChunkBytes));
        AssertSame(events, chunks.SelectMany(chunk => HistoryCodec.Decode(chunk, payloads)).ToArray());
    }

    [Fact]
    public void Encode_EventOfManyLargeTexts_FitsIntoAChunk()
    {
        // Each text alone may stay; together, and escaped, they are too much.
        var quotes = new string('"', 30_000);
        HistoryEvent[] events =
        [
            new TaskFailed(1, new WorkflowFailure("T", quotes) { StackTrace = quotes, InnerFailure = new WorkflowFailure("U", quotes) { StackTrace = quotes } }) { Timestamp = At },
            new EventSent(2, new string('i', 31_000), new string('n', 31_000), quotes) { Timestamp = At },
        ];
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        var chunks = HistoryCodec.Encode(events, "k", payloads);
        Assert.All(chunks, chunk => Assert.InRange(chunk.Length, 1, TurnCommit.MostChunkBytes));
        Assert.Equal(payloads.Count, chunks.Sum(chunk => HistoryCodec.PayloadKeys(chunk).Count));
        AssertSame(events, chunks.SelectMany(chunk => HistoryCodec.Decode(chunk, payloads)).ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"v":2,"e":[]}""")]
    [InlineData("""{"v":1,"e":{}}""")]
    [InlineData("""{"v":1,"e":[]} {}""")]
    [InlineData("""{"v":1,"e":[],"x":1}""")]
    [InlineData("""{"v":1,"e":[{"t":"turn"}]}""")]
    [InlineData("""{"v":1,"e":[{"t":"dance","at":"2026-03-01T12:00:00Z"}]}""")]
    [InlineData("""{"v":1,"e":[{"t":"task","at":"2026-03-01T12:00:00Z","id":1}]}""")]
    [InlineData("""{"v":1,"e":[{"t":"task","at":"2026-03-01T12:00:00Z","id":"1","name":"A"}]}""")]
    [InlineData("""{"v":1,"e":[{"t":"turn","at":"yesterday"}]}""")]
    [InlineData("""{"v":1,"e":[{"t":"turn","at":"2026-03-01T12:00:00Z","more":1}]}""")]
    [InlineData("""{"v":1,"e":[{"t":"end","at":"2026-03-01T12:00:00Z","as":77}]}""")]
    [InlineData("""{"v":1,"e":[{"t":"task","at":"2026-03-01T12:00:00Z","id":1,"name":{"p":"gone"}}]}""")]
    [InlineData("""{"v":1,"e":[{"t":"task","at":"2026-03-01T12:00:00Z","id":1,"name":{"u":"AAA"}}]}""")]
    [InlineData("""{"v":1,"e":[{"t":"task","at":"2026-03-01T12:00:00Z","id":1,"name":"\ud800"}]}""")]
    public void Decode_Damaged_SaysSo(string chunk) => Assert.Throws<WorkflowHistoryException>(
        () => HistoryCodec.Decode(Encoding.UTF8.GetBytes(chunk), new Dictionary<string, ReadOnlyMemory<byte>>()));

    [Fact]
    public void Decode_CutAnywhere_SaysSo()
    {
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        var chunk = Assert.Single(HistoryCodec.Encode(
            [new ExecutionStarted("e", "W", "\uD800") { Timestamp = At, Parent = new ParentLink("p", "x", 1), SeenMessages = ["a", "b"] }, new TaskFailed(1, new WorkflowFailure("a", "b") { IsNonRetriable = true }) { Timestamp = At }],
            "k",
            payloads));
        for (var length = 0; length < chunk.Length; length++)
        {
            Assert.Throws<WorkflowHistoryException>(() => HistoryCodec.Decode(chunk[..length], payloads));
        }
    }

    private static HistoryEvent[] RoundTrip(HistoryEvent[] events, int mostInline = HistoryCodec.MostInlineBytes)
    {
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        var chunks = HistoryCodec.Encode(events, "p.", payloads, mostInline);
        Assert.Equal(payloads.Keys, chunks.SelectMany(HistoryCodec.PayloadKeys));
        return [.. chunks.SelectMany(chunk => HistoryCodec.Decode(chunk, payloads))];
    }

    private static void AssertSame(HistoryEvent[] expected, IReadOnlyList<HistoryEvent> actual)
    {
        Assert.Equal(expected.Length, actual.Count);
        foreach (var (one, other) in expected.Zip(actual))
        {
            if (one is ExecutionStarted start && other is ExecutionStarted read)
            {
                // Records compare lists by identity.
                Assert.Equal(start.SeenMessages, read.SeenMessages);
                Assert.Equal(start.EarlierChildren, read.EarlierChildren);
                Assert.Equal(start, read with { SeenMessages = start.SeenMessages, EarlierChildren = start.EarlierChildren });
            }
            else
            {
                Assert.Equal(one, other);
            }
        }
    }

    private static Gen<HistoryEvent> Events()
    {
        var units = Gen.OneOf(Gen.Choose(32, 126), Gen.Choose(0, 0xFFFF), Gen.Choose(0xD800, 0xDFFF)).Select(unit => (char)unit);
        var text = units.ArrayOf().Select(chars => new string(chars));
        var maybe = Gen.OneOf(text, Gen.Constant<string>(null!)).Select(value => (string?)value);
        var id = Gen.Choose(-1, int.MaxValue);
        var time = Gen.Choose(0, int.MaxValue).Select(ticks => At.AddTicks(ticks * 4_111_111L));
        var failure = from type in text
                      from message in text
                      from trace in maybe
                      from inner in maybe
                      from final in Gen.Elements(true, false)
                      select new WorkflowFailure(type, message) { StackTrace = trace, InnerFailure = inner is null ? null : new WorkflowFailure(inner, "i"), IsNonRetriable = final };
        return from at in time
               from due in time
               from number in id
               from name in text
               from target in text
               from body in maybe
               from why in failure
               from seen in text.ArrayOf()
               from kind in Gen.Choose(0, 15)
               from status in Gen.Elements(Enum.GetValues<WorkflowRuntimeStatus>())
               select Make(kind, at, due, number, name, target, body, why, seen, status);
    }

    private static HistoryEvent Make(int kind, DateTimeOffset at, DateTimeOffset due, int id, string name, string target, string? body, WorkflowFailure why, string[] seen, WorkflowRuntimeStatus status) => kind switch
    {
        0 => new TurnStarted { Timestamp = at },
        1 => new ExecutionStarted(target, name, body) { Timestamp = at, SeenMessages = seen, EarlierChildren = id % 2 == 0 ? seen : [], CustomStatus = body, ScheduledStart = id % 2 == 0 ? due : null, Parent = id % 3 == 0 ? new ParentLink(name, target, id) : null },
        2 => new TaskScheduled(id, name, body) { Timestamp = at },
        3 => new TaskCompleted(id, body) { Timestamp = at },
        4 => new TaskFailed(id, why) { Timestamp = at },
        5 => new TimerCreated(id, due) { Timestamp = at },
        6 => new TimerFired(id) { Timestamp = at },
        7 => new ChildCreated(id, name, target, body) { Timestamp = at },
        8 => new ChildCompleted(id, body) { Timestamp = at },
        9 => new ChildFailed(id, why) { Timestamp = at },
        10 => new EventSent(id, target, name, body) { Timestamp = at },
        11 => new EventRaised(target, name, body) { Timestamp = at },
        12 => new ExecutionSuspended(body) { Timestamp = at },
        13 => new ExecutionResumed(body) { Timestamp = at },
        14 => new ExecutionTerminated(body) { Timestamp = at, ParentId = id % 2 == 0 ? target : null },
        _ => new ExecutionCompleted(status, body, id % 2 == 0 ? why : null) { Timestamp = at },
    };
}
