using Serverless.Functions.Hosting.Flags;

namespace Serverless.Functions.Hosting;

/// <summary>The settings, and what the log should say about how they came about.</summary>
internal sealed record BoundOptions(RuntimeOptions Options, IReadOnlyList<StartNotice> Notices);
