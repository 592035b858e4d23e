using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Components.Workflows;

namespace Serverless.Tests.Components.Workflows.Authoring;

public sealed class WorkflowJsonTests
{
    private static readonly WorkflowJson Json = new([AuthoringJson.Default]);

    public static TheoryData<object, string> UsualValues() => new()
    {
        { "a\"b", "\"a\\u0022b\"" },
        { true, "true" },
        { 1, "1" },
        { long.MaxValue, "9223372036854775807" },
        { 1.5, "1.5" },
        { 1.50m, "1.50" },
        { new Guid("6e1f2c0a-9f0b-4d5e-8a63-2d7f5b1c9e44"), "\"6e1f2c0a-9f0b-4d5e-8a63-2d7f5b1c9e44\"" },
        { new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), "\"2026-01-02T03:04:05Z\"" },
        { new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), "\"2026-01-02T03:04:05+01:00\"" },
        { new DateOnly(2026, 1, 2), "\"2026-01-02\"" },
        { TimeSpan.FromMinutes(90), "\"01:30:00\"" },
        { new byte[] { 1, 2 }, "\"AQI=\"" },
        { new[] { "a", "b" }, "[\"a\",\"b\"]" },
        { new List<int> { 1, 2 }, "[1,2]" },
        { new Dictionary<string, string> { ["Key"] = "v" }, "{\"Key\":\"v\"}" },
        { new JsonObject { ["a"] = 1 }, "{\"a\":1}" },
        { new object[] { 1, "a" }, "[1,\"a\"]" },
        { new WorkflowJsonTests.Order("x", 2), "{\"item\":\"x\",\"count\":2}" },
        { (1, "a"), "{\"item1\":1,\"item2\":\"a\"}" },
        { new WorkflowJsonTests.Plain { Field = 3 }, "{\"field\":3}" },
    };

    [Theory]
    [MemberData(nameof(UsualValues))]
    public void Write_UsualValue_IsJsonOfTheWeb(object value, string expected) => Assert.Equal(expected, Json.Write(value));

    [Fact]
    public void Read_UsualTypes_GivesTheirValues()
    {
        Assert.Equal(["a", "b"], Json.Read<string[]>("[\"a\",\"b\"]")!);
        Assert.Equal([1, 2], Json.Read<IReadOnlyList<int>>("[1,2]")!);
        Assert.Equal(3, Json.Read<int?>("3"));
        Assert.Equal(7, Json.Read<JsonElement>("{\"a\":7}").GetProperty("a").GetInt32());
        Assert.Equal("v", Json.Read<Dictionary<string, string>>("{\"k\":\"v\"}")!["k"]);
        Assert.Equal(new Order("x", 2), Json.Read<Order>("{\"ITEM\":\"x\",\"count\":\"2\"}"));
        Assert.IsType<JsonElement>(Json.Read<object>("1"));
        Assert.Equal((1, "a"), Json.Read<(int, string)>("{\"item1\":1,\"item2\":\"a\"}"));
        Assert.Equal(3, Json.Read<Plain>("{\"field\":3}")!.Field);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Read_Nothing_GivesTheDefault(string? text)
    {
        Assert.Equal(0, Json.Read<int>(text));
        Assert.Null(Json.Read<string>(text));
        Assert.Null(Json.Read<object>(text));
    }

    [Fact]
    public void Read_NotOfTheType_Fails() => Assert.Throws<JsonException>(() => Json.Read<int>("hello"));

    [Fact]
    public void Write_Null_GivesNothing()
    {
        Assert.Null(Json.Write(null));
        Assert.Null(Json.Write<string?>(null));
    }

    [Fact]
    public void Type_Unknown_SaysHowToMakeItKnown()
    {
        var unknown = Assert.Throws<NotSupportedException>(() => Json.Write(new Stranger(1)));
        Assert.Contains("UseJson", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("Stranger", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => Json.Read<Stranger>("{}"));
    }

    internal sealed record Order(string Item, int Count);

    private sealed record Stranger(int Value);

#pragma warning disable CA1051, SA1401 // What is tested.
    internal sealed class Plain
    {
        public int Field;
    }
#pragma warning restore CA1051, SA1401
}
