using Serverless.Backends.Processes;
using Serverless.Functions.Triggers;

namespace Serverless.Tests.Functions.Triggers;

public sealed class HostFileTests
{
    [Theory]
    [InlineData("""{ "extensions": { "queues": { "maxDequeueCount": 7 } } }""", null, 7)]
    [InlineData("""{ "extensions": { "queues": { "maxDequeueCount": 7 } } }""", "3", 3)]
    [InlineData("""{ "extensions": { "queues": { "maxDequeueCount": "7" } } }""", "none", 7)]
    [InlineData("""{ "extensions": { "queues": { "maxDequeueCount": 0 } } }""", null, null)]
    [InlineData("""{ "extensions": { "queues": [] } }""", null, null)]
    [InlineData("""{ "extensions": 7 }""", null, null)]
    [InlineData("no json", "4", 4)]
    [InlineData(null, null, null)]
    public void Number_OfTheFileOrASetting_IsTheSettingsFirst(string? file, string? setting, int? expected)
    {
        using var folder = new TempFolder();
        if (file is not null)
        {
            folder.Write("host.json", file);
        }

        var host = HostFile.Read(folder.Root, name => name == "AzureFunctionsJobHost__extensions__queues__maxDequeueCount" ? setting : null);

        Assert.Equal(expected, host.Number("extensions", "queues", "maxDequeueCount"));
    }
}
