namespace Serverless.IntegrationTests.Client;

public sealed class HostedClientTests(HostedClientFixture fixture) : IClassFixture<HostedClientFixture>
{
    [Theory]
    [MemberData(nameof(DaprClientRun.Checks), MemberType = typeof(DaprClientRun))]
    public void Check_OfTheOfficialClient_Holds(string check) => Assert.True(fixture.Run.IsOk(check), fixture.Run.Output);
}
