namespace Serverless.IntegrationTests.Client;

public sealed class WorkflowClientTests(WorkflowClientFixture fixture) : IClassFixture<WorkflowClientFixture>
{
    [Theory]
    [MemberData(nameof(DaprClientRun.WorkflowChecks), MemberType = typeof(DaprClientRun))]
    public void Check_OfTheOfficialClient_Holds(string check) => Assert.True(fixture.Run.IsOk(check), fixture.Run.Output);
}
