using System.Text.Json;
using Serverless.Backends.Apps;
using Serverless.IntegrationTests.Bindings.Channel;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Bindings.Azure;

/// <summary>What is sent through the API, on its way through a queue and to an app.</summary>
public sealed class StorageQueueRoundTripTests(QueueFixture queues) : IClassFixture<QueueFixture>
{
    [Theory]
    [InlineData("false", 64 << 10)]
    [InlineData("true", 48 << 10)]
    public async Task Texts_OfAllKinds_ArriveAsTheyWere(string isBase64, int most)
    {
        string[] texts = ["hello", "\"hello\"", "{}", "aGVsbG8=", "grüße \u4e16\u754c \ud83d\ude00", " a\tb\nc ", "<&>", new('x', most)];
        var token = TestContext.Current.CancellationToken;
        await using var app = await RecordingApp.StartAsync();
        await using var process = await AppProcess.StartAsync(queues.Settings(app, ("encodeBase64", isBase64), ("decodeBase64", isBase64)), token);

        foreach (var text in texts)
        {
            await QueueFixture.SendAsync(process.Port, $"\"{JsonEncodedText.Encode(text)}\"");
        }

        var calls = await app.WaitAsync(texts.Length, "POST", "/queue", token);
        Assert.Equal(texts.Order(StringComparer.Ordinal), calls.Select(call => call.Text).Order(StringComparer.Ordinal));
    }
}
