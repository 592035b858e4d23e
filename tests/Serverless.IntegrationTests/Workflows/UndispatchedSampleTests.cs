namespace Serverless.IntegrationTests.Workflows;

/// <summary>The samples on <see cref="UndispatchedFixture"/>.</summary>
public sealed class UndispatchedSampleTests(UndispatchedFixture fixture) : SampleContract, IClassFixture<UndispatchedFixture>
{
    private protected override WorkflowApp App => fixture.App;

    [Fact]
    public async Task Log_SaysOnceThatNothingWakesTheInstance()
    {
        await App.RunAsync("TaskChaining", "4");

        var told = fixture.Hosted.Host.Journal.HandlerOutput.Split('\n').Where(line => line.Contains("workflows advance only while this instance lives", StringComparison.Ordinal));
        Assert.Contains("level=warning", Assert.Single(told), StringComparison.Ordinal);
    }
}
