using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator.Tests;

public sealed class FunctionScannerTests : IDisposable
{
    private readonly ScriptRoot _root = new();

    [Fact]
    public void Scan_ValidFolders_AreSortedByNameIgnoringCase()
    {
        _root.WithHttp("zz-all", "v1.0/{*path}").WithHttp("State", "v1.0/state/{*path}").WithQueue("binding-orders");

        var found = FunctionScanner.Scan(_root.Root);

        Assert.Equal(["binding-orders", "State", "zz-all"], found.Functions.Select(function => function.Name));
        Assert.Empty(found.Errors);
        Assert.Empty(found.Warnings);
    }

    [Fact]
    public void Scan_NestedFolder_IsNotSeen()
    {
        _root.WithFile("Group/Inner/function.json", """{"bindings":[]}""");

        var found = FunctionScanner.Scan(_root.Root);

        Assert.Empty(found.Functions);
        Assert.Empty(found.Errors);
    }

    [Theory]
    [InlineData("1state")]
    [InlineData("st.ate")]
    [InlineData("Host")]
    [InlineData("with space")]
    public void Scan_BadFunctionName_IsAnError(string name)
    {
        _root.WithHttp(name, "v1.0/x");

        Assert.Contains("no function name", Assert.Single(FunctionScanner.Scan(_root.Root).Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1req")]
    [InlineData("my-req")]
    public void Scan_BadBindingName_IsAnError(string name)
    {
        _root.WithFunction("queue", new JsonObject { ["type"] = "queueTrigger", ["direction"] = "in", ["name"] = name });

        Assert.Contains("no binding name", Assert.Single(FunctionScanner.Scan(_root.Root).Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("admin/x")]
    [InlineData("administrators")]
    [InlineData("runtime/webhooks")]
    public void Scan_ReservedRoute_IsAnError(string route)
    {
        _root.WithHttp("one", route);

        Assert.Contains("reserved", Assert.Single(FunctionScanner.Scan(_root.Root).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_SameRouteTwice_SecondIsAnError()
    {
        _root.WithHttp("one", "v1.0/x").WithHttp("two", "V1.0/X");

        Assert.Contains("defined by function 'one'", Assert.Single(FunctionScanner.Scan(_root.Root).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_SameRouteWithOtherMethods_IsAllowed()
    {
        _root.WithHttp("one", "v1.0/x", "get").WithHttp("two", "v1.0/x", "post");

        Assert.Empty(FunctionScanner.Scan(_root.Root).Errors);
    }

    [Fact]
    public void Scan_HttpTriggerWithoutOutput_IsAnError()
    {
        _root.WithFunction("one", new JsonObject { ["type"] = "httpTrigger", ["direction"] = "in", ["name"] = "req", ["route"] = "x" });

        Assert.Contains("passed through", Assert.Single(FunctionScanner.Scan(_root.Root).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_BrokenFunctionJson_IsAnError()
    {
        _root.WithFile("one/function.json", "{oops");

        Assert.Contains("one: function.json", Assert.Single(FunctionScanner.Scan(_root.Root).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_LoneExtraFile_IsAWarning()
    {
        _root.WithHttp("one", "v1.0/x").WithFile("one/notes.py", "");

        Assert.Contains("notes.py", Assert.Single(FunctionScanner.Scan(_root.Root).Warnings), StringComparison.Ordinal);
    }

    public void Dispose() => _root.Dispose();
}
