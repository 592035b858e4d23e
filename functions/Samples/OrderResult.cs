namespace Serverless.Functions.Samples;

/// <summary>What became of an order.</summary>
/// <param name="Processed">Whether it is on its way.</param>
/// <param name="Message">The shipment, or why there is none.</param>
internal sealed record OrderResult(bool Processed, string Message);
