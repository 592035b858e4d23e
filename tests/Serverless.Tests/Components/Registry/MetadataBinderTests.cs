using Serverless.Components.Registry;

namespace Serverless.Tests.Components.Registry;

public sealed class MetadataBinderTests
{
    [Fact]
    public void ThrowIfFaulty_SeveralFaults_NamesAllWithoutValues()
    {
        var metadata = new ComponentMetadata("store", [new("Timeout", "hunter2"), new("size", "9"), new("mode", "hunter3")]);
        var binder = metadata.Bind();
        binder.Required("connectionString");
        binder.Duration("timeout");
        binder.WholeNumber("size", 1, 1, 5);
        binder.OneOf("mode", "a", "a", "b");
        var message = Assert.Throws<ComponentException>(binder.ThrowIfFaulty).Message;
        Assert.StartsWith("component 'store': ", message, StringComparison.Ordinal);
        Assert.Contains("'connectionString': expected a value", message, StringComparison.Ordinal);
        Assert.Contains("'timeout': expected a duration", message, StringComparison.Ordinal);
        Assert.Contains("'size': expected a whole number from 1 to 5", message, StringComparison.Ordinal);
        Assert.Contains("'mode': expected one of a, b", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GoodItems_GivesValues()
    {
        var binder = new ComponentMetadata("store", [new("TIMEOUT", "20"), new("flag", "on"), new("n", "-3"), new("mode", "B"), new("empty", "")]).Bind();
        Assert.Equal(TimeSpan.FromSeconds(20), binder.Duration("timeout"));
        Assert.True(binder.Boolean("flag", false));
        Assert.Equal(-3, binder.WholeNumber("n", 0));
        Assert.Equal("b", binder.OneOf("mode", "a", "a", "b"));
        Assert.Equal(7, binder.WholeNumber("empty", 7));
        Assert.Null(binder.Text("absent", "empty"));
        binder.ThrowIfFaulty();
    }

    [Fact]
    public void Metadata_NamesDifferOnlyByCase_IsRefused() =>
        Assert.Contains("twice", Assert.Throws<ComponentException>(() => new ComponentMetadata("s", [new("a", "1"), new("A", "2")])).Message, StringComparison.Ordinal);

    [Fact]
    public void MetadataValue_Printed_HidesItsValue() => Assert.Equal("password", new MetadataValue("password", "hunter2").ToString());
}
