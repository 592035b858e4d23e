namespace Serverless.IntegrationTests.Client;

public sealed class StandaloneClientTests(StandaloneClientFixture fixture) : IClassFixture<StandaloneClientFixture>
{
    [Theory]
    [MemberData(nameof(DaprClientRun.Checks), MemberType = typeof(DaprClientRun))]
    public void Check_OfTheOfficialClient_Holds(string check) => Assert.True(fixture.Run.IsOk(check), fixture.Run.Output);
}
