namespace Serverless.Components.Workflows.Storage;

/// <summary>A process that works on workflows.</summary>
/// <param name="Id">Names it and no other, and no earlier one.</param>
/// <param name="Worker">For people: the machine and the process.</param>
/// <param name="ExpiresAt">When it counts as dead unless it is kept alive, UTC.</param>
internal sealed record WorkerSession(Guid Id, string Worker, DateTimeOffset ExpiresAt);
