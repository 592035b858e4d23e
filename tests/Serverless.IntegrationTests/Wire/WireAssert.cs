using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.Wire;

/// <summary>Compares a response with a promised answer; the message names what differs and shows the response.</summary>
internal static class WireAssert
{
    public static void Matches(WireAnswer expected, RawResponse actual, WireNames names, string step)
    {
        var shown = $"{step}\n→ {actual.Status} {string.Join("; ", actual.Headers.Select(header => $"{header.Name}: {header.Value}"))}\n{Shorten(actual.Text)}";
        Check(expected.Status == actual.Status, $"status should be {expected.Status}", shown);
        CheckHeaders(expected, actual, names, shown);
        CheckBody(expected, actual.Text, names, shown);
        if (expected.ErrorCode is not null)
        {
            CheckError(expected, actual.Text, names, shown);
        }
    }

    private static void CheckHeaders(WireAnswer expected, RawResponse actual, WireNames names, string shown)
    {
        if (expected.ContentType is { } type)
        {
            var found = actual.Header("Content-Type");
            var same = found == type || (type == WireAnswer.PlainText && found?.StartsWith(type + ";", StringComparison.Ordinal) == true);
            Check(same, $"Content-Type should be {type}", shown);
        }

        foreach (var (name, value) in expected.Headers)
        {
            var wanted = value is null ? null : names.Fill(value);
            Check(actual.Header(name) == wanted, $"header {name} should be {wanted ?? "absent"}", shown);
        }

        foreach (var name in expected.Present)
        {
            Check(!string.IsNullOrEmpty(actual.Header(name)), $"header {name} should be there", shown);
        }

        if (expected.EtagNot is { } former)
        {
            Check(actual.Header("ETag") is { Length: > 0 } etag && etag != names[former], "ETag should be a new one", shown);
        }

        if (expected.KeepEtag is { } keep)
        {
            Check(!string.IsNullOrEmpty(actual.Header("ETag")), "ETag should be there", shown);
            names[keep] = actual.Header("ETag")!;
        }
    }

    private static void CheckBody(WireAnswer expected, string actual, WireNames names, string shown)
    {
        if (expected.Body is { } body)
        {
            Check(names.Fill(body) == actual, $"body should be exactly «{Shorten(names.Fill(body))}»", shown);
        }

        if (expected.BodyPrefix is { } prefix)
        {
            Check(actual.StartsWith(names.Fill(prefix), StringComparison.Ordinal), $"body should begin with «{names.Fill(prefix)}»", shown);
        }

        if (expected.Value is { } value)
        {
            var wanted = JsonNode.Parse(names.Fill(value));
            Check(JsonNode.DeepEquals(wanted, Parse(actual, shown)), $"body should equal {Shorten(names.Fill(value))}", shown);
        }
    }

    private static void CheckError(WireAnswer expected, string actual, WireNames names, string shown)
    {
        var error = Parse(actual, shown) as JsonObject;
        Check(error is not null, "body should be an error object", shown);
        Check((string?)error!["errorCode"] == expected.ErrorCode, $"errorCode should be {expected.ErrorCode}", shown);
        var message = (string?)error["message"] ?? "";
        if (expected.Message is { } exact)
        {
            Check(message == names.Fill(exact), $"message should be «{names.Fill(exact)}»", shown);
        }

        if (expected.MessagePrefix is { } prefix)
        {
            var filled = names.Fill(prefix);
            Check(message.Length > 0 && message.StartsWith(filled, StringComparison.Ordinal), $"message should begin with «{filled}»", shown);
        }

        var details = expected.Details is { } text ? JsonNode.Parse(names.Fill(text)) : null;
        Check(error.ContainsKey("details") == details is not null, $"details should be {(details is null ? "absent" : "there")}", shown);
        Check(JsonNode.DeepEquals(details, error["details"]), $"details should be {details?.ToJsonString()}", shown);
    }

    private static JsonNode? Parse(string text, string shown)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            Assert.Fail($"body should be JSON\n{shown}");
            return null;
        }
    }

    private static void Check(bool holds, string complaint, string shown)
    {
        if (!holds)
        {
            Assert.Fail($"{complaint}\n{shown}");
        }
    }

    private static string Shorten(string text) => text.Length <= 600 ? text : $"{text[..600]}… ({text.Length} characters)";
}
