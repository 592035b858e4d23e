using System.Text;
using System.Text.Json;
using Serverless.Functions.Triggers;

namespace Serverless.Tests.Functions.Triggers;

public sealed class TriggerBodyTests
{
    [Theory]
    [InlineData("\"aGVsbG8=\"", "hello")]
    [InlineData("\"\"", "")]
    [InlineData("\"ImhlbGxvIg==\"", "\"hello\"")]
    [InlineData("\"YUdWc2JHOD0=\"", "aGVsbG8=")]
    [InlineData("\"\\\"hello\\\"\"", "hello")]
    [InlineData("\"\\\"aGVsbG8=\\\"\"", "aGVsbG8=")]
    [InlineData("\"no base64!\"", "no base64!")]
    [InlineData("{\"a\": 1}", "{\"a\": 1}")]
    [InlineData("\"{\\\"a\\\":1}\"", "{\"a\":1}")]
    [InlineData("[1,2]", "[1,2]")]
    [InlineData("1", "1")]
    [InlineData("null", "null")]
    public void Data_EachForm_GivesTheMessage(string data, string expected)
    {
        var payload = TriggerBody.Read(Encoding.UTF8.GetBytes($$$"""{"Data":{"payload":{{{data}}}},"Metadata":{}}"""), "payload");

        Assert.Equal(expected, Encoding.UTF8.GetString(payload.Data.Span));
    }

    [Fact]
    public void Metadata_BothForms_ArePlainAndWithoutCase()
    {
        var payload = TriggerBody.Read("""{"Data":{"p":"","other":1},"Metadata":{"Id":"\"abc\"","DequeueCount":"2","Number":3,"sys":{"a":1},"None":null,"Time":"\"2026-01-02T03:04:05Z\"","Odd":"\"a"}}"""u8, "p");

        Assert.Equal("abc", payload.Metadata["id"]);
        Assert.Equal("2", payload.Metadata["dequeuecount"]);
        Assert.Equal("3", payload.Metadata["Number"]);
        Assert.Equal("""{"a":1}""", payload.Metadata["sys"]);
        Assert.Equal("2026-01-02T03:04:05Z", payload.Metadata["Time"]);
        Assert.Equal("\"a", payload.Metadata["Odd"]);
        Assert.DoesNotContain("None", payload.Metadata);
    }

    [Fact]
    public void Metadata_ThatCantBeRead_KeepNothingBack()
    {
        var payload = TriggerBody.Read("""{"Data":{"p":"aGVsbG8="},"Metadata":{"\ud800":"1","Half":"\ud800x","Quoted":"\"\\ud800\"","Deep":[[[{}]]],"Id":"\"abc\"","id":"faked"}}"""u8, "p");

        Assert.Equal("hello", Encoding.UTF8.GetString(payload.Data.Span));
        Assert.Equal("abc", payload.Metadata["Id"]);
        Assert.DoesNotContain("Half", payload.Metadata);
    }

    [Fact]
    public void Metadata_NestedDeep_KeepNothingBack()
    {
        var deep = new string('[', 500) + new string(']', 500);

        var payload = TriggerBody.Read(Encoding.UTF8.GetBytes("""{"Data":{"p":"aGVsbG8="},"Metadata":{"Deep":""" + deep + "}}"), "p");

        Assert.Equal("hello", Encoding.UTF8.GetString(payload.Data.Span));
        Assert.Equal(deep, payload.Metadata["Deep"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"Data":{"payload":"\ud800"}}""")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"Data":[]}""")]
    [InlineData("""{"Data":{"q":1}}""")]
    public void Body_OfAnotherShape_IsRefused(string body) =>
        Assert.ThrowsAny<JsonException>(() => TriggerBody.Read(Encoding.UTF8.GetBytes(body), "payload"));

    [Theory]
    [InlineData(null, "00:10:00", 570)]
    [InlineData("00:05:00", "00:10:00", 270)]
    [InlineData("00:00:06", "00:10:00", 3)]
    [InlineData("-1", "00:10:00", 570)]
    [InlineData(null, null, 1770)]
    public void Deadline_IsBelowTheHosts(string? setting, string? file, double seconds)
    {
        using var folder = new Serverless.Backends.Processes.TempFolder();
        if (file is not null)
        {
            folder.Write("host.json", $$"""{ "functionTimeout": "{{file}}" } // comment""");
        }

        Assert.Equal(seconds, HostTimeout.Deadline(HostFile.Read(folder.Root, name => name == "AzureFunctionsJobHost__functionTimeout" ? setting : null)).TotalSeconds);
    }
}
