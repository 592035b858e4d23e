using System.Text;

namespace Serverless.IntegrationTests.Hostile;

/// <summary>Bodies that are wrong in one way each, by name.</summary>
internal static class HostileBodies
{
    private const int Depth = 100_000;

    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, string>
    {
        ["empty"] = "",
        ["space"] = " \t\r\n ",
        ["open array"] = "[",
        ["open object"] = "[{",
        ["open text"] = "[{\"key\":\"",
        ["close"] = "]",
        ["comma"] = "[,]",
        ["colon"] = "[{:}]",
        ["bare word"] = "[nul]",
        ["infinity"] = "[{\"key\":\"k\",\"value\":Infinity}]",
        ["not a number"] = "[{\"key\":\"k\",\"value\":NaN}]",
        ["leading zero"] = "[{\"key\":\"k\",\"value\":01}]",
        ["lone minus"] = "[{\"key\":\"k\",\"value\":-}]",
        ["half exponent"] = "[{\"key\":\"k\",\"value\":1e}]",
        ["huge exponent"] = "[{\"key\":\"k\",\"value\":1e999999}]",
        ["long number"] = $"[{{\"key\":\"k\",\"value\":{new string('9', 100_000)}}}]",
        ["bad escape"] = "[{\"key\":\"\\x\",\"value\":1}]",
        ["short unicode escape"] = "[{\"key\":\"\\u12\",\"value\":1}]",
        ["lone high surrogate in key"] = "[{\"key\":\"\\ud800\",\"value\":1}]",
        ["lone low surrogate in value"] = "[{\"key\":\"k\",\"value\":\"\\udc00\"}]",
        ["lone surrogate in property name"] = "[{\"\\ud800\":1,\"key\":\"k\"}]",
        ["lone surrogate in metadata"] = "[{\"key\":\"k\",\"metadata\":{\"a\":\"\\ud800\"}}]",
        ["control character"] = "[{\"key\":\"a\u0001b\",\"value\":1}]",
        ["nul in key"] = "[{\"key\":\"a\\u0000b\",\"value\":1}]",
        ["byte order mark"] = "\uFEFF[]",
        ["duplicate members"] = "[{\"key\":\"k\",\"key\":1,\"key\":\"k\"}]",
        ["array of nulls"] = "[null,null]",
        ["nested arrays"] = "[[[[[]]]]]",
        ["deep arrays"] = new string('[', Depth),
        ["deep closed arrays"] = new string('[', Depth) + new string(']', Depth),
        ["deep objects"] = string.Concat(Enumerable.Repeat("{\"a\":", Depth)),
        ["deep value"] = $"[{{\"key\":\"k\",\"value\":{new string('[', Depth)}{new string(']', Depth)}}}]",
        ["deep unknown member"] = $"[{{\"key\":\"k\",\"x\":{new string('[', Depth)}{new string(']', Depth)}}}]",
        ["many items"] = $"[{string.Join(',', Enumerable.Range(0, 10_000).Select(number => $"{{\"key\":\"many{number}\",\"value\":{number}}}"))}]",
        ["many bad items"] = $"[{string.Join(',', Enumerable.Repeat("{}", 10_000))}]",
        ["many keys"] = $"{{\"keys\":[{string.Join(',', Enumerable.Range(0, 10_000).Select(number => $"\"many{number}\""))}]}}",
        ["many operations"] =
            $"{{\"operations\":[{string.Join(',', Enumerable.Repeat("{\"operation\":\"delete\",\"request\":{\"key\":\"many0\"}}", 10_000))}]}}",
        ["many metadata"] =
            $"[{{\"key\":\"k\",\"metadata\":{{{string.Join(',', Enumerable.Range(0, 10_000).Select(number => $"\"m{number}\":\"v\""))}}}}}]",
        ["five mebibytes of text"] = $"[{{\"key\":\"k\",\"value\":\"{new string('x', 5 << 20)}\"}}]",
        ["five mebibytes of space"] = new string(' ', 5 << 20),
        ["five mebibytes of brackets"] = new string('[', 5 << 20),
    }
    .ToDictionary(body => body.Key, body => Encoding.UTF8.GetBytes(body.Value))
    .With("broken utf-8", [.. "[{\"key\":\""u8, 0xC3, 0x28, .. "\",\"value\":1}]"u8])
    .With("broken utf-8 in value", [.. "[{\"key\":\"k\",\"value\":\""u8, 0xFF, 0xFE, .. "\"}]"u8])
    .With("utf-16", Encoding.Unicode.GetBytes("[]"))
    .With("zeros", new byte[1000]);

    private static Dictionary<string, byte[]> With(this Dictionary<string, byte[]> bodies, string name, byte[] body)
    {
        bodies[name] = body;
        return bodies;
    }
}
