namespace Serverless.Functions.Triggers;

/// <summary>A generated function of the package.</summary>
/// <param name="Name">The folder's name, which is the path the host posts to.</param>
/// <param name="Component">The component whose events it brings; null for the shared timer.</param>
/// <param name="BindingName">The name of the payload in the host's body.</param>
/// <param name="Fields">The trigger's members, with <c>%X%</c> replaced by the variable X.</param>
internal sealed record TriggerFunction(string Name, string? Component, string BindingName, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>What is told of a component whose trigger was generated from other settings.</summary>
    public string Mismatch =>
        $"its settings differ from those of its trigger in the package ({string.Join(", ", Fields.Where(static member => member.Key is "queueName" or "schedule").Select(static member => $"{member.Key} {member.Value}"))}): publish the app again";

    /// <summary>Whether it brings what a component with these fields reads.</summary>
    public bool Fits(IReadOnlyDictionary<string, string> fields) =>
        fields.All(field => Fields.TryGetValue(field.Key, out var value) && value == field.Value);
}
