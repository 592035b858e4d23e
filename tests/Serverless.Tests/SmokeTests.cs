namespace Serverless.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Works() => Assert.NotNull(Serverless.Functions.DaprApp.Create([]));
}
