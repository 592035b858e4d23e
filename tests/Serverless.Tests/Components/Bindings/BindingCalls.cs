using System.Text;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Bindings;

/// <summary>Contexts and calls for tests of bindings.</summary>
internal static class BindingCalls
{
    public static ComponentContext Context(string type, params (string Name, string Value)[] items) => StateContexts.Create(type, TimeProvider.System, items);

    /// <summary>A context of the items, and of the usual ones that they leave out.</summary>
    public static ComponentContext Context(string type, IEnumerable<(string Name, string Value)> usual, (string Name, string Value)[] items) =>
        Context(type, [.. items, .. usual.Where(item => !items.Any(own => own.Name == item.Name))]);

    public static ValueTask<BindingResponse?> CreateAsync(this IOutputBinding binding, string data, params (string Name, string Value)[] metadata) =>
        binding.InvokeAsync(
            new BindingRequest { Operation = "create", Data = Encoding.UTF8.GetBytes(data), Metadata = metadata.ToDictionary(item => item.Name, item => item.Value) },
            TestContext.Current.CancellationToken);

    public static async Task<string> FaultAsync(this IOutputBinding binding, string data, params (string Name, string Value)[] metadata) =>
        (await Assert.ThrowsAsync<BindingException>(async () => await binding.CreateAsync(data, metadata))).Message;
}
